import { existsSync } from 'node:fs'
import { expect } from 'aegir/chai'
import { beam, startDaemon, until, useTemporaryDirectory } from './support.ts'
import type { Daemon, Ran } from './support.ts'

const LOOPBACK = ['--api-port', '0', '--listen', '/ip4/127.0.0.1/tcp/0', '--network-reachable', 'yes']

describe('cli: two sites, from nothing to a revocation', () => {
  const path = useTemporaryDirectory()
  const running: Daemon[] = []
  let ticket: string

  const on = async (site: string, ...args: string[]): Promise<Ran> => beam([...args, '--dir', path(site)])
  const start = async (site: string): Promise<Daemon> => {
    const daemon = await startDaemon(path(site))
    running.push(daemon)

    return daemon
  }

  before(async () => {
    await beam(['init', '--network', 'study', '--site', 'hub', '--dir', path('hub'), '--recovery-file', path('r.key'), ...LOOPBACK])
    await start('hub')
    ticket = (await on('hub', 'invite', '--site', 'north', '--capability', 'penguins.*', '--organization', 'North Hospital', '--json')).json().ticket
  })

  after(async () => {
    running.forEach(({ child }) => { child.kill('SIGKILL') })
    await Promise.all(running.map(async ({ ended }) => ended))
  })

  it('refuses what is no ticket, and a damaged one, without a trace', async () => {
    for (const wrong of ['hello', ticket.slice(0, -3), ticket.replace(/.$/, last => last === 'A' ? 'B' : 'A')]) {
      const ran = await on('north', 'join', wrong, '--json')

      expect(ran).to.include({ code: 2, stdout: '' })
      expect(ran.error().message).to.match(/^ticket /)
      expect(ran.stderr).to.not.include(wrong)
    }

    expect(existsSync(path('north'))).to.equal(false)
  })

  it('joins: shows the fingerprint first, then becomes a member', async () => {
    const { fingerprint } = (await on('hub', 'id', '--json')).json()
    const joined = await on('north', 'join', ticket, ...LOOPBACK)

    expect(joined.code).to.equal(0)
    expect(joined.stderr).to.match(new RegExp(`^fingerprint +${fingerprint}$`, 'm')).and.match(/admitted/)
    expect(joined.stdout).to.match(/^id +north\.study$/m)
    expect(joined.stdout + joined.stderr).to.not.include(ticket)
    expect((await on('north', 'id', '--json')).json()).to.include({ id: 'north.study', network: 'study', fingerprint, authority: false })
    expect((await on('north', 'config', 'show', '--json')).json().values['network.listen']).to.deep.equal({ value: ['/ip4/127.0.0.1/tcp/0'], source: 'file' })
  })

  it('a ticket is good once', async () => {
    const again = await on('other', 'join', ticket, '--json')

    expect(again).to.include({ code: 4, stdout: '' })
    expect(again.error().code).to.equal('REFUSED')
    // nothing of the refused attempt stays
    expect(existsSync(path('other'))).to.equal(false)
    expect(await on('north', 'join', ticket)).to.include({ code: 6 })
  })

  it('an expired ticket is refused', async () => {
    const short = (await on('hub', 'invite', '--site', 'late', '--lifetime', '1s', '--json')).json().ticket
    await new Promise(resolve => setTimeout(resolve, 1_200))

    expect(await on('late', 'join', short)).to.include({ code: 4, stdout: '' })
    expect(existsSync(path('late'))).to.equal(false)
  })

  it('both see each other', async () => {
    await start('north')

    const status = await until(async () => {
      const status = (await on('hub', 'status', '--json')).json()

      return status.peers.up.length === 1 ? status : undefined
    })

    expect(status.peers).to.deep.equal({ up: ['north.study'], members: 1 })

    const [peer] = (await on('north', 'peers', '--json')).json()

    expect(peer).to.include({ site: 'hub.study', path: 'direct' }).and.to.include.keys('address', 'since', 'bytesIn', 'bytesOut', 'queue')
    expect((await on('north', 'peers')).stdout).to.match(/^SITE +PATH +ADDRESS +RTT.*\nhub\.study +direct +\/ip4\/127/)

    const members = (await on('north', 'members', '--json')).json()

    expect(members.map((member: any) => [member.site, member.organization, member.capabilities])).to.deep.equal([['hub.study', '', ['*']], ['north.study', 'North Hospital', ['penguins.*']]])
  })

  it('only the authority invites and revokes', async () => {
    for (const args of [['invite', '--site', 'x'], ['revoke', 'hub']]) {
      const ran = await on('north', ...args, '--json')

      expect(ran).to.include({ code: 4, stdout: '' })
      expect(ran.error()).to.have.property('message').that.includes('authority key')
    }
  })

  it('revoke takes a site off the network', async () => {
    const revoked = await on('hub', 'revoke', 'north', '--reason', 'laptop was stolen', '--json')

    expect(revoked.json()).to.deep.include({ site: 'north.study', reason: 'laptop was stolen' })
    expect((await on('hub', 'status', '--json')).json().peers).to.deep.equal({ up: [], members: 0 })
    expect((await on('hub', 'members')).stdout).to.match(/^north\.study +revoked: laptop was stolen/m)

    const told = await until(async () => {
      const status = (await on('north', 'status', '--json')).json()

      return status.ready === false ? status : undefined
    })

    expect(told.admission.standing).to.equal('revoked')
    expect(told.reasons.join()).to.include('revoked')
    expect(await on('hub', 'revoke', 'north')).to.have.property('code').that.is.oneOf([4, 6])
  })

  it('says with exit code 5 that the inviter cannot be reached', async () => {
    const { ticket } = (await on('hub', 'invite', '--site', 'east', '--json')).json()
    expect(await on('hub', 'stop')).to.include({ code: 0 })

    const ran = await on('east', 'join', ticket, '--json')

    expect(ran).to.include({ code: 5, stdout: '' })
    expect(ran.error().code).to.equal('UNREACHABLE')
    expect(existsSync(path('east', 'network.json'))).to.equal(false)
  })
})
