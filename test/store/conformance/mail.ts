import { expect } from 'aegir/chai'
import { NOW, OTHER, SELF, THIRD, bytes, creation } from '../fixtures.ts'
import type { BeginMail, MailQuota, Store } from '../../../src/store/index.ts'

const QUOTA: MailQuota = { maxBytes: 1_000_000, maxEnvelopes: 10, maxBytesPerSender: 500_000, maxEnvelopesPerSender: 4, maxBytesPerRecipient: 900_000, maxEnvelopesPerRecipient: 6 }

function mail (more: Partial<BeginMail> = {}): BeginMail {
  const size = more.size ?? 100

  return { sender: OTHER, recipient: THIRD, envelopeId: bytes(16), hash: bytes(32), head: bytes(50), size, data: bytes(size), keepUntil: NOW + 1_000, now: NOW, quota: QUOTA, ...more }
}

export function suiteMail (get: () => Store): void {
  const use = async (recipient?: string): Promise<number[]> => {
    const { envelopes, bytes } = await get().usedMail({ recipient })

    return [envelopes, bytes]
  }

  describe('mail for other sites', () => {
    it('is kept once, listed and read for its recipient alone, and deleted by name and hash', async () => {
      const input = mail()
      expect(await get().mailBegin(input)).to.deep.equal({ kind: 'stored', until: NOW + 1_000 })
      expect(await get().mailBegin(input)).to.deep.equal({ kind: 'stored', until: NOW + 1_000 })
      expect(await use()).to.deep.equal([1, 150])

      const [entry, ...rest] = await get().listMail({ recipient: THIRD, after: 0, limit: 10, now: NOW })
      expect(rest).to.be.empty()
      expect(entry.head).to.deep.equal(input.head)
      expect(await get().listMail({ recipient: OTHER, after: 0, limit: 10, now: NOW })).to.be.empty()
      expect(await get().listMail({ recipient: THIRD, after: 0, limit: 10, now: NOW + 1_000 }), 'expired').to.be.empty()
      expect(await get().readMail({ recipient: THIRD, place: entry.place, offset: 10, length: 20 })).to.deep.equal(input.data?.slice(10, 30))
      expect(await get().readMail({ recipient: OTHER, place: entry.place, offset: 0, length: 1 })).to.equal(undefined)

      const name = { sender: OTHER, envelopeId: input.envelopeId, hash: input.hash }
      expect(await get().mailAcknowledge({ recipient: OTHER, mail: [name] })).to.equal(0)
      expect(await get().mailAcknowledge({ recipient: THIRD, mail: [{ ...name, hash: bytes(32) }] })).to.equal(0)
      expect(await get().mailAcknowledge({ recipient: THIRD, mail: [name, name] })).to.equal(1)
      expect(await use()).to.deep.equal([0, 0])
    })

    it('comes chunk by chunk, goes on after a cut, and counts whole from the beginning', async () => {
      const input = mail({ size: 300_000, data: undefined })
      const begun = await get().mailBegin(input)
      const place = begun.kind === 'go' ? begun.place : 0
      expect(begun).to.deep.equal({ kind: 'go', place, chunk: 0 })
      expect(await use()).to.deep.equal([1, 300_050])

      const first = bytes(200_000)
      const last = bytes(100_000)
      expect(await get().mailAppend({ place, chunk: 1, data: last, last: true, now: NOW })).to.deep.equal({ kind: 'gone' })
      expect(await get().mailAppend({ place, chunk: 0, data: first, last: false, now: NOW })).to.deep.equal({ kind: 'more' })
      expect(await get().listMail({ recipient: THIRD, after: 0, limit: 10, now: NOW }), 'not whole').to.be.empty()
      expect(await get().mailBegin(input)).to.deep.equal({ kind: 'go', place, chunk: 1 })
      expect(await get().mailAppend({ place, chunk: 1, data: last, last: true, now: NOW })).to.deep.equal({ kind: 'stored', until: NOW + 1_000 })
      expect(await get().mailAppend({ place, chunk: 2, data: last, last: true, now: NOW })).to.deep.equal({ kind: 'gone' })
      expect(await get().readMail({ recipient: THIRD, place, offset: 199_999, length: 2 })).to.deep.equal(new Uint8Array([first[199_999], last[0]]))
    })

    it('sealed anew takes the place of the one before', async () => {
      const input = mail()
      await get().mailBegin(input)
      await get().mailBegin({ ...input, hash: bytes(32), size: 200, data: bytes(200) })
      expect(await use()).to.deep.equal([1, 250])
    })

    it('sealed anew, large, takes it when it is whole: until then the one that was said yes to is there', async () => {
      const input = mail()
      await get().mailBegin(input)
      const heads = async (): Promise<Uint8Array[]> => (await get().listMail({ recipient: THIRD, after: 0, limit: 10, now: NOW })).map(({ head }) => head)
      const given = mail({ envelopeId: input.envelopeId, size: 300_000, data: undefined })
      await get().mailBegin(given)
      const anew = mail({ envelopeId: input.envelopeId, size: 300_000, data: undefined })
      const begun = await get().mailBegin(anew)
      const place = begun.kind === 'go' ? begun.place : 0
      expect(await use(), 'one that was begun before goes').to.deep.equal([2, 150 + 300_050])
      await get().mailAppend({ place, chunk: 0, data: bytes(200_000), last: false, now: NOW })
      expect(await heads()).to.deep.equal([input.head])
      expect(await get().mailBegin(input), 'the earlier one once more').to.deep.equal({ kind: 'stored', until: NOW + 1_000 })
      await get().mailAppend({ place, chunk: 1, data: bytes(100_000), last: true, now: NOW })
      expect(await heads()).to.deep.equal([anew.head])
      expect(await use()).to.deep.equal([1, 300_050])
    })

    it('that finds no room takes nobody\'s place', async () => {
      const input = mail()
      await get().mailBegin(input)
      const anew = { ...input, hash: bytes(32) }
      expect(await get().mailBegin({ ...anew, quota: { ...QUOTA, maxBytes: 149 } })).to.deep.equal({ kind: 'full', reason: 'mailbox-full' })
      expect(await use()).to.deep.equal([1, 150])
      expect(await get().mailBegin({ ...anew, quota: { ...QUOTA, maxEnvelopes: 1 } }), 'its own room is room').to.have.property('kind', 'stored')
      expect(await use()).to.deep.equal([1, 150])
    })

    it('of one sender stays within its share: of its own, of half a recipient\'s, of all', async () => {
      for (let i = 0; i < 3; i++) {
        expect(await get().mailBegin(mail())).to.have.property('kind', 'stored')
      }

      // half of what is kept for one recipient
      expect(await get().mailBegin(mail())).to.deep.equal({ kind: 'full', reason: 'quota-sender' })
      expect(await get().mailBegin(mail({ recipient: SELF }))).to.have.property('kind', 'stored')
      expect(await get().mailBegin(mail({ recipient: SELF }))).to.deep.equal({ kind: 'full', reason: 'quota-sender' })
      expect(await get().mailBegin(mail({ sender: SELF, size: 600_000, data: undefined }))).to.deep.equal({ kind: 'full', reason: 'quota-sender' })

      for (let i = 0; i < 3; i++) {
        expect(await get().mailBegin(mail({ sender: SELF }))).to.have.property('kind', 'stored')
      }

      expect(await get().mailBegin(mail({ sender: 's9.net' }))).to.deep.equal({ kind: 'full', reason: 'quota-recipient' })
      expect(await get().mailBegin(mail({ sender: 's9.net', recipient: 's8.net', quota: { ...QUOTA, maxEnvelopes: 7 } }))).to.deep.equal({ kind: 'full', reason: 'mailbox-full' })
      expect(await use()).to.deep.equal([7, 7 * 150])
      expect(await use(THIRD)).to.deep.equal([6, 6 * 150])
    })

    it('goes when it was kept long enough, or with a site that was revoked', async () => {
      await get().mailBegin(mail())
      await get().mailBegin(mail({ sender: SELF, keepUntil: NOW + 5_000 }))
      await get().mailBegin(mail({ recipient: SELF, keepUntil: NOW + 5_000 }))
      expect(await get().mailPurge({ now: NOW + 1_000, limit: 1 })).to.equal(true)
      expect(await get().mailPurge({ now: NOW + 1_000, limit: 1 })).to.equal(false)
      expect(await use()).to.deep.equal([2, 300])
      expect(await get().mailDrop({ site: OTHER, limit: 10 }), 'as sender').to.equal(1)
      expect(await get().mailDrop({ site: THIRD, limit: 10 }), 'as recipient').to.equal(1)
      expect(await use()).to.deep.equal([0, 0])
    })

    it('of this site is looked for until enough keepers have it', async () => {
      const input = creation()
      const { envelopeId } = input.deliveries[0]
      await get().createTask(input)
      const asked = { site: OTHER, after: 0, limit: 10, now: NOW, copies: 2, since: NOW - 10 }
      expect((await get().listUnmailed(asked)).map(({ keepers }) => keepers)).to.deep.equal([[]])
      await get().mailLeft({ envelopeId, keeper: THIRD, at: NOW, until: NOW + 1_000 })
      expect((await get().listUnmailed(asked)).map(({ keepers }) => keepers)).to.deep.equal([[THIRD]])
      expect((await get().listWaiting({ limit: 10, now: NOW }))[0].mailed).to.deep.equal([THIRD])
      expect((await get().listDeliveries({ task: input.task, now: NOW }))[0]).to.deep.include({ state: 'queued', mailed: [THIRD] })
      await get().mailLeft({ envelopeId, keeper: 's9.net', at: NOW, until: NOW + 1_000 })
      expect(await get().listUnmailed(asked)).to.deep.equal([])
      expect(await get().listUnmailed({ ...asked, since: NOW + 1 }), 'left too long ago').to.have.lengthOf(1)
      expect(await get().listUnmailed({ ...asked, now: NOW + 1_000 }), 'kept no longer').to.have.lengthOf(1)
      expect((await get().listUnmailed({ ...asked, keepers: [THIRD] })).map(({ keepers }) => keepers), 'only one of them is a keeper now').to.deep.equal([[THIRD]])
      expect(await get().listUnmailed({ ...asked, keepers: [THIRD, 's9.net'] })).to.deep.equal([])
      await get().settleDelivery({ envelopeId, site: OTHER, hash: bytes(32), outcome: 'delivered', now: NOW })
      expect((await get().listDeliveries({ task: input.task, now: NOW }))[0]).to.not.have.property('mailed')
    })
  })
}
