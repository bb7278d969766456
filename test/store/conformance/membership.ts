import { expect } from 'aegir/chai'
import { NOW, OTHER, bytes } from '../fixtures.ts'
import type { Invite, RosterRow, Store } from '../../../src/store/index.ts'

function rows (from: number, count: number): RosterRow[] {
  return Array.from({ length: count }, (_, i) => ({ seq: from + i, hash: bytes(32), entry: bytes(100) }))
}

export function suiteMembership (get: () => Store): void {
  describe('roster', () => {
    it('grows only behind the head that the writer saw', async () => {
      const log = rows(0, 3)
      expect(await get().rosterHead({})).to.be.undefined()
      expect(await get().appendRoster({ rows: log })).to.deep.equal({ kind: 'appended' })
      expect(await get().appendRoster({ rows: rows(0, 1) }), 'not empty any more').to.deep.equal({ kind: 'moved' })
      expect(await get().rosterHead({})).to.deep.equal({ seq: 2, hash: log[2].hash })

      const next = rows(3, 2)
      expect(await get().appendRoster({ after: { seq: 2, hash: bytes(32) }, rows: next })).to.deep.equal({ kind: 'moved' })
      expect(await get().appendRoster({ after: log[1], rows: rows(2, 1) })).to.deep.equal({ kind: 'moved' })
      expect(await get().appendRoster({ after: log[2], rows: next })).to.deep.equal({ kind: 'appended' })
      expect(await get().listRoster({ from: 0, limit: 100 })).to.deep.equal([...log, ...next])
      expect(await get().listRoster({ from: 2, limit: 2 })).to.deep.equal([log[2], next[0]])
    })

    it('refuses a gap and changes nothing', async () => {
      const log = rows(0, 2)
      await get().appendRoster({ rows: log })

      await expect(get().appendRoster({ after: log[1], rows: [...rows(2, 1), ...rows(4, 1)] })).to.eventually.be.rejected.with.property('code', 'STORE_MISUSE')
      expect(await get().rosterHead({})).to.have.property('seq', 1)
    })

    it('replaces what follows an ancestor when a recovery says so', async () => {
      const log = rows(0, 4)
      const recovery = rows(2, 1)
      await get().appendRoster({ rows: log })

      expect(await get().appendRoster({ after: { seq: 1, hash: bytes(32) }, rows: recovery, supersede: true })).to.deep.equal({ kind: 'moved' })
      expect(await get().appendRoster({ after: log[1], rows: recovery, supersede: true })).to.deep.equal({ kind: 'appended' })
      expect(await get().listRoster({ from: 0, limit: 100 })).to.deep.equal([log[0], log[1], recovery[0]])
    })

    it('keeps the newest record of each site', async () => {
      const newest = { site: OTHER, sequence: 5, record: bytes(10) }
      expect(await get().putRecord(newest)).to.be.true()
      expect(await get().putRecord({ ...newest, record: bytes(10) })).to.be.false()
      expect(await get().putRecord({ ...newest, sequence: 4 })).to.be.false()
      expect(await get().listRecords({})).to.deep.equal([newest])
      await expect(get().putRecord({ ...newest, sequence: 2 ** 53 })).to.eventually.be.rejected.with.property('code', 'STORE_MISUSE')
      expect(await get().putRecord({ ...newest, sequence: 6, record: newest.record })).to.be.true()
      expect(await get().putRecord({ ...newest, sequence: 1, replace: true })).to.be.true()
      expect(await get().listRecords({})).to.deep.equal([{ ...newest, sequence: 1 }])
    })
  })

  describe('invites', () => {
    const invite = (): Invite => ({ id: bytes(16), secret: bytes(32), site: 'biscoe', organization: 'lab', capabilities: ['stats.*'], created: NOW, expires: NOW + 1_000, state: 'open' })

    it('is good once, and admits in the same commit', async () => {
      const open = invite()
      const log = rows(0, 1)
      const record = { site: OTHER, sequence: 1, record: bytes(10) }
      const signingKey = bytes(32)
      await get().appendRoster({ rows: log })
      await get().createInvite(open)
      const redeem = { id: open.id, signingKey, now: NOW, append: { after: log[0], rows: rows(1, 1) }, record }

      expect(await get().findInvite({ id: open.id })).to.deep.equal(open)
      expect(await get().redeemInvite({ ...redeem, append: { after: { seq: 0, hash: bytes(32) }, rows: rows(1, 1) } })).to.deep.equal({ kind: 'moved' })
      expect((await get().findInvite({ id: open.id }))?.state).to.equal('open')
      expect(await get().redeemInvite(redeem)).to.deep.equal({ kind: 'redeemed' })
      expect(await get().findInvite({ id: open.id })).to.deep.equal({ ...open, state: 'used', usedBy: signingKey })
      expect(await get().rosterHead({})).to.have.property('seq', 1)
      expect(await get().listRecords({})).to.deep.equal([record])
      expect(await get().redeemInvite({ ...redeem, append: { after: redeem.append.rows[0], rows: rows(2, 1) } })).to.deep.equal({ kind: 'used' })
      expect(await get().rosterHead({})).to.have.property('seq', 1)
    })

    it('a new one cancels the open one of its site', async () => {
      const [first, other, second] = [invite(), { ...invite(), site: 'another' }, invite()]

      for (const made of [first, other, second]) {
        await get().createInvite(made)
      }

      expect((await get().findInvite({ id: first.id }))?.state).to.equal('cancelled')
      expect((await get().findInvite({ id: other.id }))?.state).to.equal('open')
      expect((await get().findInvite({ id: second.id }))?.state).to.equal('open')
    })

    it('tells unknown, cancelled and expired ones apart, and changes nothing', async () => {
      const [cancelled, old] = [invite(), { ...invite(), site: 'another' }]
      await get().createInvite(cancelled)
      await get().createInvite(old)
      const redeem = async (id: Uint8Array, now = NOW): Promise<string> => (await get().redeemInvite({ id, signingKey: bytes(32), now, append: { rows: rows(0, 1) }, record: { site: OTHER, sequence: 1, record: bytes(1) } })).kind

      expect(await get().cancelInvite({ id: cancelled.id })).to.be.true()
      expect(await get().cancelInvite({ id: cancelled.id })).to.be.false()
      expect(await redeem(bytes(16))).to.equal('unknown')
      expect(await redeem(cancelled.id)).to.equal('cancelled')
      expect(await redeem(old.id, NOW + 1_000)).to.equal('expired')
      expect(await get().rosterHead({})).to.be.undefined()
      expect((await get().listInvites({})).map(({ state }) => state)).to.have.members(['cancelled', 'open'])
      await expect(get().createInvite(old), 'ids are new').to.eventually.be.rejected()
    })
  })
}
