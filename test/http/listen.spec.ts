import { expect } from 'aegir/chai'
import { startApi } from './helpers/api.ts'

describe('http: where it listens', () => {
  it('says that api.host is no name that this machine knows', async () => {
    // without any name server the answer is that names cannot be looked up
    await expect(startApi({ api: { host: 'no-such-host.invalid' } })).to.eventually.be.rejectedWith(/^the API cannot listen on no-such-host\.invalid:0: api\.host is no address,? and (no name that this machine knows|names cannot be looked up now)$/)
      .with.property('code', 'CANNOT_BIND')
  })

  it('says that this machine has no such address', async () => {
    await expect(startApi({ api: { host: '192.0.2.1' } })).to.eventually.be.rejectedWith(/this machine has no such address: choose another api\.host$/)
  })
})
