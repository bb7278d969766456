import { createPrivateKey } from 'node:crypto'
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { verifyEd25519 } from '../../src/core/ed25519.ts'
import { systemRandom } from '../../src/core/random.ts'
import { rawPublicKey } from '../../src/core/raw-keys.ts'
import { keyId, x25519FromRaw } from '../../src/core/x25519.ts'
import { hex } from '../../src/membership/bytes.ts'
import { foundNetwork } from '../../src/membership/found.ts'
import { Genesis } from '../../src/membership/pb/membership.ts'
import { decodeEntry, entrySigningInput } from '../../src/membership/roster/entry.ts'
import { openCore } from '../../src/store/core.ts'
import { inProcessStore } from '../../src/store/in-process.ts'
import { TestBench } from './fixture.ts'
import type { TestSite } from './fixture.ts'
import type { FoundNetworkInit } from '../../src/membership/found.ts'

describe('founding a network', () => {
  let bench: TestBench

  beforeEach(() => {
    bench = new TestBench()
  })

  afterEach(async () => {
    await bench.clean()
  })

  async function init (change: Partial<FoundNetworkInit> = {}): Promise<FoundNetworkInit> {
    const site = await bench.site()

    return { ...site, network: 'net', site: 'founder', recoveryFile: join(site.dir, '..', 'recovery.key'), clock: bench.clock, random: systemRandom, ...change }
  }

  it('makes its genesis, its first member and private files', async () => {
    const at = await init({ organization: 'Clinic', capabilities: ['a/*'] })
    const founded = await foundNetwork(at)
    const membership = await bench.load(at as unknown as TestSite)

    expect(founded).to.include({ network: 'net', site: 'founder.net', fingerprint: membership.fingerprint })
    expect(founded.fingerprint).to.match(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/)
    expect(hex(founded.genesis).startsWith(founded.fingerprint.replaceAll('-', ''))).to.equal(true)
    expect(membership.roster.member('founder.net')).to.include({ organization: 'Clinic', admittedSeq: 1 })
    expect(membership.roster.standing('founder.net')).to.equal('member')
    expect(membership.authority).to.be.ok()

    for (const path of [founded.recoveryFile, join(at.dir, 'network.json'), ...(await readdir(join(at.dir, 'keys'))).map(name => join(at.dir, 'keys', name))]) {
      expect((await stat(path)).mode & 0o777, path).to.equal(0o600)
    }
  })

  it('puts a recovery key into a file of its own, which no daemon needs', async () => {
    const at = await init()
    await foundNetwork(at)
    const text = await readFile(at.recoveryFile, 'utf8')
    const [row] = await at.store.listRoster({ from: 0, limit: 1 })
    const { entry, bytes, signature } = decodeEntry(row.entry)
    const genesis = Genesis.decode(entry.body)

    expect(text).to.match(/^Recovery key of the beam-node network net\n[^]*Keep this file offline/)
    expect(rawPublicKey(createPrivateKey(text))).to.equalBytes(genesis.recovery)
    expect(await verifyEd25519(genesis.authority, entrySigningInput(bytes), signature)).to.equal(true)
    await rm(at.recoveryFile)
    expect((await bench.load(at as unknown as TestSite)).self).to.equal('founder.net')
  })

  it('makes two networks of one name that differ', async () => {
    expect((await foundNetwork(await init())).fingerprint).to.not.equal((await foundNetwork(await init())).fingerprint)
  })

  it('overwrites nothing', async () => {
    const at = await init()
    await foundNetwork(at)
    const before = await readFile(join(at.dir, 'keys', 'site.key'), 'utf8')

    await expect(foundNetwork({ ...at, recoveryFile: `${at.recoveryFile}2` })).to.eventually.be.rejectedWith(/belongs to founder\.net already/)
    await rm(join(at.dir, 'network.json'))
    await expect(foundNetwork({ ...at, recoveryFile: `${at.recoveryFile}2` })).to.eventually.be.rejectedWith(/did not finish/)
    await expect(foundNetwork(await init({ recoveryFile: at.recoveryFile }))).to.eventually.be.rejectedWith(/recovery\.key exists already/)
    expect(await readFile(join(at.dir, 'keys', 'site.key'), 'utf8')).to.equal(before)
  })

  it('refuses names out of their rules before anything is written', async () => {
    for (const [change, field] of [[{ network: 'a..b' }, 'network'], [{ site: 'a.b' }, 'site'], [{ site: '' }, 'site'], [{ organization: 'x'.repeat(201) }, 'organization'], [{ capabilities: ['a b'] }, 'capability pattern']] as const) {
      const at = await init({ ...change, capabilities: 'capabilities' in change ? [...change.capabilities] : ['*'] })
      await expect(foundNetwork(at)).to.eventually.be.rejected.with.property('field', field)
      expect(await at.store.rosterHead({})).to.equal(undefined)
      expect(await readdir(join(at.dir, '..'))).to.deep.equal([])
    }
  })
})

describe('loading a data directory', () => {
  let bench: TestBench
  let site: TestSite

  beforeEach(async () => {
    bench = new TestBench()
    site = await bench.found()
  })

  afterEach(async () => {
    await bench.clean()
  })

  it('finds the same keys again', async () => {
    const first = await bench.load(site)
    const second = await bench.load(site)
    const key = first.records.encryptionKey(first.self)
    const raw = second.privateKey(key?.keyId ?? new Uint8Array())

    expect(second.signer.publicKey).to.equalBytes(first.signer.publicKey)
    expect(raw).to.have.lengthOf(32)
    expect(keyId(x25519FromRaw(raw ?? new Uint8Array()).publicKey)).to.equalBytes(key?.keyId)
    expect(second.privateKey(new Uint8Array(8))).to.equal(undefined)
    expect(second.records.own()).to.equalBytes(first.records.own())
  })

  it('verifies no signature', async () => {
    let count = 0
    await bench.load(site, async () => {
      count++
      return false
    })
    expect(count).to.equal(0)
  })

  it('refuses each private file that others can read, by name and with the command that helps', async () => {
    for (const name of await readdir(join(site.dir, 'keys'))) {
      const path = join(site.dir, 'keys', name)
      await chmod(path, 0o644)
      await expect(bench.load(site), name).to.eventually.be.rejectedWith(`run chmod 600 ${path}`)
      await chmod(path, 0o600)
    }

    expect((await bench.load(site)).self).to.equal('founder.net.example')
  })

  it('refuses files that hold something else, without showing it', async () => {
    for (const name of await readdir(join(site.dir, 'keys'))) {
      const path = join(site.dir, 'keys', name)
      const content = await readFile(path)
      await writeFile(path, 'SECRET rubbish')
      await expect(bench.load(site), name).to.eventually.be.rejected.with.property('message').that.satisfies((message: string) => message.startsWith(path) && !message.includes('rubbish'))
      await writeFile(path, content)
    }
  })

  it('refuses a renamed encryption key', async () => {
    const [name] = (await readdir(join(site.dir, 'keys'))).filter(name => name.startsWith('enc-'))
    await rename(join(site.dir, 'keys', name), join(site.dir, 'keys', 'enc-0000000000000000.key'))
    await expect(bench.load(site)).to.eventually.be.rejectedWith(/the file was renamed/)
  })

  it('says what is wrong with the network file', async () => {
    const path = join(site.dir, 'network.json')
    const content = JSON.parse(await readFile(path, 'utf8'))

    for (const [wrong, reason] of [
      ['{', /damaged/],
      [JSON.stringify({ ...content, site: 'x.other' }), /damaged/],
      [JSON.stringify({ ...content, version: 2 }), /version 2.*update beam-node/],
      [JSON.stringify({ ...content, genesis: '00'.repeat(32) }), /roster of another network/]
    ] as const) {
      await writeFile(path, wrong)
      await expect(bench.load(site)).to.eventually.be.rejectedWith(reason)
    }

    await rm(path)
    await expect(bench.load(site)).to.eventually.be.rejectedWith(/belongs to no network yet: run "beam-node init"/).and.have.property('code', 'NOT_FOUND')
  })

  it('says so when the database is not the one it was', async () => {
    const store = inProcessStore(openCore({ path: ':memory:' }))
    await expect(bench.load({ ...site, store })).to.eventually.be.rejectedWith(/holds no roster/)
    await store.close()
  })
})
