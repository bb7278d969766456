import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { parseUuid } from '../../src/core/uuid.ts'

const id = '70c0aa90-bfcf-4312-a6af-42cbd57dc0b8'

describe('uuids', () => {
  it('reads every form that serde reads', () => {
    for (const text of [id, id.toUpperCase(), id.replaceAll('-', ''), `{${id}}`, `urn:uuid:${id}`, `urn:uuid:${id.toUpperCase()}`]) {
      expect(parseUuid(text), text).to.equal(id)
    }
  })

  it('takes any version, nil and max included', () => {
    expect(parseUuid('00000000-0000-0000-0000-000000000000')).to.equal('00000000-0000-0000-0000-000000000000')
    expect(parseUuid('FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF')).to.equal('ffffffff-ffff-ffff-ffff-ffffffffffff')
  })

  it('refuses everything else', () => {
    for (const text of ['', 'x', id.slice(1), `${id}0`, ` ${id}`, `{${id}`, `${id}}`, `{${id.replaceAll('-', '')}}`, `urn:uuid:{${id}}`, `URN:UUID:${id}`, id.replace('7', 'g'), id.replace('-', ''), `${id}\n`]) {
      expect(parseUuid(text), JSON.stringify(text)).to.equal(undefined)
    }
  })

  it('is idempotent', () => {
    fc.assert(fc.property(fc.uuid(), fc.boolean(), (uuid, upper) => {
      const parsed = parseUuid(upper ? uuid.toUpperCase() : uuid)

      expect(parsed).to.equal(uuid.toLowerCase())
      expect(parseUuid(parsed ?? '')).to.equal(parsed)
    }))
  })
})
