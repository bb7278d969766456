import { expect } from 'aegir/chai'
import { TestBench } from './fixture.ts'

describe('enrolment', () => {
  let bench: TestBench

  beforeEach(() => {
    bench = new TestBench()
  })

  afterEach(async () => {
    await bench.clean()
  })

  it('makes a member out of a ticket', async () => {
    const founder = await bench.load(await bench.found())
    const { membership } = await bench.join(founder, 'biscoe', ['penguins/*'])

    expect(membership.self).to.equal('biscoe.net.example')
    expect(membership.roster.standing('founder.net.example')).to.equal('member')
    expect(membership.roster.member('biscoe.net.example')?.capabilities).to.deep.equal(['penguins/*'])
    expect(membership.networkSecret).to.equalBytes(founder.networkSecret)
    expect(membership.records.encryptionKey('founder.net.example')).to.be.ok()
    expect(founder.records.encryptionKey('biscoe.net.example')).to.be.ok()
    expect(membership.records.digest()).to.equalBytes(founder.records.digest())
    expect(membership.authority).to.equal(undefined)
    expect(membership.fingerprint).to.equal(founder.fingerprint)
  })
})
