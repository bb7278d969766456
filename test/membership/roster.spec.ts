import { expect } from 'aegir/chai'
import { createSigner } from '../../src/core/ed25519.ts'
import { ForkProof, SignedEntry } from '../../src/membership/pb/membership.ts'
import { signEntry } from '../../src/membership/roster/entry.ts'
import { readFork } from '../../src/membership/roster/fork.ts'
import { admitEntry } from '../../src/membership/roster/statements.ts'
import { appendOf, readEntries } from '../../src/membership/roster/stored.ts'
import { AUTHORITY, Chain, keep, keyOf, publicKeyOf, T0, YEAR } from './chain.ts'

describe('the roster', () => {
  let chain: Chain

  beforeEach(async () => {
    chain = await Chain.found()
    await chain.admit('a', 10)
    await chain.admit('b', 11)
    await chain.revoke('a', 'left')
  })

  it('takes what follows, stores it and tells whose standing changed', async () => {
    const { roster, reload } = await keep(chain)
    const changes: unknown[] = []
    roster.changed.subscribe(({ head, entries, sites }) => { changes.push([head.seq, entries.length, sites]) })

    expect(await roster.accept(chain.raws.slice(1, 3))).to.deep.equal({ kind: 'accepted', added: 2 })
    expect(roster.standing('a.net')).to.equal('member')
    expect(await roster.accept(chain.raws.slice(3))).to.deep.equal({ kind: 'accepted', added: 1 })
    expect(changes).to.deep.equal([[2, 2, ['a.net', 'b.net']], [3, 1, ['a.net']]])

    for (const held of [roster, await reload()]) {
      expect(held.head()).to.deep.equal({ seq: 3, hash: chain.head.hash })
      expect(held.standing('a.net')).to.equal('revoked')
      expect(held.standing('b.net')).to.equal('member')
      expect(held.standing('c.net')).to.equal('unknown')
      expect(await held.entries(1, 2)).to.deep.equal(chain.raws.slice(1, 3))
    }
  })

  it('judges by the clock', async () => {
    let now = T0
    const { roster } = await keep(await (await Chain.found()).admit('a', 10, { notBefore: T0 + 10, notAfter: T0 + 20 }), 2, { now: () => now })
    expect(roster.standing('a.net')).to.equal('not-yet')
    now = T0 + 10
    expect(roster.standing('a.net')).to.equal('member')
    now = T0 + 20
    expect(roster.standing('a.net')).to.equal('expired')
  })

  it('is not moved by repeats, and says what it lacks', async () => {
    const { roster } = await keep(chain, 3)

    expect(await roster.accept(chain.raws.slice(0, 3))).to.deep.equal({ kind: 'accepted', added: 0 })
    expect(await roster.accept([])).to.deep.equal({ kind: 'accepted', added: 0 })
    expect(await roster.accept(chain.raws.slice(0, 2))).to.deep.equal({ kind: 'accepted', added: 0 })
    expect(await roster.accept((await chain.admit('c', 12)).raws.slice(4))).to.deep.equal({ kind: 'gap', from: 3 })
    expect(await roster.accept(chain.raws)).to.deep.equal({ kind: 'accepted', added: 2 })
  })

  it('changes nothing when one entry of many does not verify', async () => {
    const { roster, store } = await keep(chain, 2)
    const bad = [...chain.branch(4).raws.slice(2), (await chain.admit('c', 12, {}, { key: 9 })).head.raw]

    const outcome = await roster.accept(bad)
    expect(outcome.kind === 'refused' && outcome.reason).to.match(/entry 4 is not signed/)
    expect(roster.head().seq).to.equal(1)
    expect((await store.rosterHead({}))?.seq).to.equal(1)
  })

  it('refuses entries out of order, malformed ones and another network', async () => {
    const { roster } = await keep(chain, 2)
    const reason = async (raws: Uint8Array[]): Promise<string> => {
      const outcome = await roster.accept(raws)

      return outcome.kind === 'refused' ? outcome.reason : outcome.kind
    }
    const { raw, signature, bytes } = chain.entries[2]

    expect(await reason([chain.raws[3], chain.raws[2]])).to.match(/does not follow the one that was sent before/)
    expect(await reason([Uint8Array.of(1, 2, 3)])).to.match(/cannot be decoded/)
    expect(await reason([new Uint8Array(20_000)])).to.match(/at most/)
    // bytes of someone else's around what is signed
    expect(await reason([Uint8Array.from([...raw, 0x1a, 0x00])])).to.match(/canonical/)
    expect(await reason([SignedEntry.encode({ entry: new Uint8Array(bytes), signature: new Uint8Array(signature.subarray(1)) })])).to.match(/64 bytes/)

    const other = await (await Chain.found({ nonce: 7 })).admit('a', 10)
    expect(await reason(other.raws)).to.match(/genesis of another network/)
    expect(await reason(other.raws.slice(1))).to.match(/follows the genesis of another network/)
    expect(roster.head().seq).to.equal(1)
  })

  it('holds on to its own history against a shorter or a forged one', async () => {
    const { roster } = await keep(chain, 4)

    expect(await roster.accept(chain.raws.slice(0, 2))).to.deep.equal({ kind: 'accepted', added: 0 })
    const forged = await chain.branch(2).admit('x', 20, {}, { key: 9 })
    expect((await roster.accept(forged.raws)).kind).to.equal('refused')
    expect(roster.forked).to.equal(false)
    expect(roster.head()).to.deep.equal({ seq: 3, hash: chain.head.hash })
  })

  it('asks further back for entries that hang in the air, until the histories meet', async () => {
    const theirs = chain.branch(2)
    const ours = chain.branch(2)

    for (let site = 0; site < 100; site++) {
      await theirs.admit(`t${site}`, 1_000 + site)
      await ours.admit(`o${site}`, 2_000 + site)
    }

    const { roster } = await keep(ours, ours.entries.length)
    let from = 80
    const asked: number[] = []

    for (;;) {
      const outcome = await roster.accept(theirs.raws.slice(from, from + 64))

      if (outcome.kind !== 'gap') {
        expect(outcome.kind).to.equal('fork')
        break
      }

      from = outcome.from
      asked.push(from)
    }

    expect(asked).to.deep.equal([16, 1])
  })

  describe('with two successors of one entry', () => {
    it('keeps the proof, freezes appends and leaves members as they are', async () => {
      const { roster, store, reload } = await keep(chain, 4)
      const twin = await chain.branch(3).admit('x', 20)
      const outcome = await roster.accept(twin.raws)

      expect(outcome.kind).to.equal('fork')
      expect(roster.forked).to.equal(true)
      expect(roster.head()).to.deep.equal({ seq: 3, hash: chain.head.hash })

      const proof = await readFork(store, (await readEntries(store, 0)).map(({ hash }) => hash))
      expect(outcome.kind === 'fork' && outcome.proof).to.equalBytes(proof ?? new Uint8Array())
      const { left, right } = ForkProof.decode(proof ?? new Uint8Array())
      expect([left, right].map(raw => Buffer.from(raw).toString('hex'))).to.have.members([chain.head.raw, twin.head.raw].map(raw => Buffer.from(raw).toString('hex')))

      const later = await reload()
      expect(later.forked).to.equal(true)
      expect(later.standing('b.net')).to.equal('member')
      const frozen = await later.accept((await chain.admit('c', 12)).raws)
      expect(frozen.kind === 'refused' && frozen.reason).to.match(/only a recovery/)
      await expect(later.append(async () => { throw new Error('not reached') }, async append => store.appendRoster(append))).to.eventually.be.rejectedWith(/frozen/)
    })

    it('is told to every member by both entries', async () => {
      const twin = await chain.branch(3).admit('x', 20)
      const finder = await keep(chain, 4)
      const members = [await keep(chain, 4), await keep(twin, 4), await keep(chain, 2)]
      finder.roster.changed.subscribe(({ entries }) => {
        members.forEach(({ roster }) => { news.push(roster.accept(entries)) })
      })
      const news: Array<Promise<unknown>> = []

      await finder.roster.accept(twin.raws)
      await finder.roster.accept(twin.raws)
      await Promise.all(news)
      expect(news).to.have.lengthOf(6)
      expect(members.map(({ roster }) => roster.forked)).to.deep.equal([true, true, false])
      // whoever was behind finds it as soon as it has caught up
      await members[2].roster.accept(chain.raws)
      expect((await members[2].roster.accept([twin.head.raw])).kind).to.equal('fork')
    })

    it('has the same proof at whoever finds it', async () => {
      const twin = await chain.branch(3).admit('x', 20)
      const one = await keep(chain, 4)
      const other = await keep(twin, 4)
      await one.roster.accept(twin.raws)
      await other.roster.accept(chain.raws)

      const [left, right] = await Promise.all([one, other].map(async ({ store }) => readFork(store, (await readEntries(store, 0)).map(({ hash }) => hash))))
      expect(left).to.be.instanceOf(Uint8Array)
      expect(left).to.deep.equal(right)
    })

    it('goes on from a recovery, from whichever side', async () => {
      const twin = await chain.branch(3).admit('x', 20)
      const recovered = await (await chain.branch(3).recover(5)).admit('c', 12, {}, { key: 5 })
      const one = await keep(chain, 4)
      const other = await keep(twin, 4)
      await one.roster.accept(twin.raws)
      await other.roster.accept(chain.raws)

      for (const { roster, reload, store } of [one, other]) {
        const sites: string[] = []
        roster.changed.subscribe(change => { sites.push(...change.sites) })
        expect(await roster.accept(recovered.raws)).to.deep.equal({ kind: 'accepted', added: 2 })
        expect(sites).to.include.members(['a.net', 'b.net', 'c.net'])

        for (const held of [roster, await reload()]) {
          expect(held.forked).to.equal(false)
          expect(held.head()).to.deep.equal({ seq: 4, hash: recovered.head.hash })
          // revoked, or admitted, after the ancestor by a key that is not trusted any more
          expect(held.standing('a.net')).to.equal('member')
          expect(held.standing('x.net')).to.equal('unknown')
          expect(held.standing('c.net')).to.equal('member')
        }

        expect(await store.listRoster({ from: 0, limit: 10 })).to.have.lengthOf(5)
      }
    })
  })

  it('takes nothing back that a recovery superseded', async () => {
    const recovered = await chain.branch(3).recover(5)
    const { roster } = await keep(recovered, 4)
    const outcome = await roster.accept(chain.raws)

    expect(outcome.kind === 'refused' && outcome.reason).to.match(/superseded by a recovery/)
    expect(roster.forked).to.equal(false)
  })

  it('lets a recovery from an earlier ancestor win over a later one, in any order', async () => {
    const late = await chain.branch(4).recover(5)
    const early = await chain.branch(2).recover(6)
    const one = await keep(late, 5)
    const other = await keep(early, 3)

    expect((await one.roster.accept(early.raws)).kind).to.equal('accepted')
    expect((await other.roster.accept(late.raws)).kind).to.equal('refused')
    expect(one.roster.head()).to.deep.equal(other.roster.head())
  })

  it('takes two recoveries from one ancestor for what they are', async () => {
    const { roster } = await keep(await chain.branch(2).recover(5), 3)
    expect((await roster.accept((await chain.branch(2).recover(6)).raws)).kind).to.equal('fork')
  })

  it('takes in what stands before an entry that it must understand and does not', async () => {
    const { roster, store } = await keep(chain, 3)
    const future = await (await chain.link(20, new Uint8Array(), { critical: true })).admit('c', 12)

    expect(await roster.accept(future.raws)).to.deep.equal({ kind: 'accepted', added: 1 })
    expect(roster.halted).to.match(/kind 20/)
    expect((await store.rosterHead({}))?.seq).to.equal(3)

    const again = await roster.accept(future.raws)
    expect(again.kind === 'refused' && again.reason).to.match(/update beam-node/)
    // the authority itself must not append a second successor
    await expect(roster.append(async () => { throw new Error('not reached') }, async append => store.appendRoster(append))).to.eventually.be.rejectedWith(/update beam-node/)
  })

  it('appends one entry after another, however many ask at once', async () => {
    const { roster, store } = await keep(chain, 4)
    const authority = createSigner({ siteId: '', privateKey: keyOf(AUTHORITY) })
    const admit = async (n: number): Promise<unknown> => roster.append(
      async head => signEntry(admitEntry(head, { site: `s${n}.net`, signingKey: publicKeyOf(100 + n), organization: '', capabilities: [], notBefore: T0, notAfter: T0 + YEAR }, T0), async data => authority.sign(data)),
      async append => store.appendRoster(append)
    )

    await Promise.all([...new Array(20).keys()].map(admit))
    expect(roster.head().seq).to.equal(23)
    expect(roster.members()).to.have.lengthOf(22)
    // the roster says no: nothing is stored
    await expect(admit(3)).to.eventually.be.rejectedWith(/is a member/)
    expect((await store.rosterHead({}))?.seq).to.equal(23)
  })

  it('builds an entry again when the stored head is another', async () => {
    const { roster, store } = await keep(chain, 3)
    await store.appendRoster(appendOf(roster.head(), [chain.entries[3]]))
    const heads: number[] = []
    const authority = createSigner({ siteId: '', privateKey: keyOf(AUTHORITY) })

    await roster.append(async head => {
      heads.push(head.seq)

      return signEntry(admitEntry(head, { site: 'c.net', signingKey: publicKeyOf(12), organization: '', capabilities: [], notBefore: T0, notAfter: T0 + YEAR }, T0), async data => authority.sign(data))
    }, async append => store.appendRoster(append))

    expect(heads).to.deep.equal([2, 3])
    expect(roster.standing('a.net')).to.equal('revoked')
    expect(roster.standing('c.net')).to.equal('member')
  })
})
