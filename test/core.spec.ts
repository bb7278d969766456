import { expect } from 'aegir/chai'
import { parseId } from '../src/core/ids.ts'

describe('ids', () => {
  it('reads an app id from the inside out', () => {
    expect(parseId('app1.proxy1.broker.example', 'broker.example')).to.include({ kind: 'app', app: 'app1', siteId: 'proxy1.broker.example' })
  })
})
