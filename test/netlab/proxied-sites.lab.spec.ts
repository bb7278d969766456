import { expect } from 'aegir/chai'
import { answer, ask, eventually, todo } from '../faults/disk/kit.ts'
import { cuttingProxy, describeLab, open, proxyOnly, squid, tinyproxy, useLab } from './index.ts'
import type { Host, LabDaemon } from './index.ts'

/**
 * ```
 *  north ─ tinyproxy ─ proxy-only ──┐
 *  south ─ squid ───── proxy-only ──┼─ internet ── relay: open, ws on port 443
 *  west ── 60 s/5 min ─ proxy-only ─┘
 * ```
 * The proxies ask for credentials and allow CONNECT to port 443 only; the one of west
 * cuts what is idle and, at some age, everything, both scaled down.
 */
describeLab('hospitals whose only way out is an HTTP proxy', function () {
  this.timeout(120_000)

  const credentials = { user: 'hospital', password: 'sesame' }
  const net = useLab({
    hosts: {
      relay: { firewall: open() },
      north: { firewall: proxyOnly(), proxy: tinyproxy({ credentials }) },
      south: { firewall: proxyOnly(), proxy: squid({ credentials: { user: 'hospital', password: 'open sesame' } }) },
      west: { firewall: proxyOnly(), proxy: cuttingProxy({ credentials, idle: 12_000, total: 4_000 }) }
    }
  })
  let hub: LabDaemon
  let north: LabDaemon
  let south: LabDaemon
  let west: LabDaemon

  const behind = async (host: Host, config: Record<string, unknown> = {}): Promise<LabDaemon> => host.daemon({ invitedBy: hub, config: { 'network.proxy': host.proxy?.url, ...config } })

  it('join through it: tinyproxy and squid with credentials, and one that cuts', async () => {
    const { relay, ...hosts } = net().hosts
    hub = await relay.daemon({ network: 'study.example', config: { 'network.listen': ['/ip4/0.0.0.0/tcp/443/ws'], 'network.announce': ['/dns4/relay.example/tcp/443/ws'] } })
    ;[north, south, west] = await Promise.all([behind(hosts.north), behind(hosts.south), behind(hosts.west)])

    expect([north.id, south.id, west.id]).to.deep.equal(['north.study.example', 'south.study.example', 'west.study.example'])
  })

  it('are linked with each other over the relay', async () => {
    await eventually('all links', async () => {
      const { peers } = await north.operator.status()

      return peers.up.includes(south.id) && peers.up.includes(hub.id) && (await south.operator.status()).peers.up.includes(north.id)
    })
    expect((await north.operator.status()).proxy).to.include({ address: `http://${net().hosts.north.proxy?.host.address}:3128` })
    expect((await north.operator.peers()).find(({ site }) => site === hub.id)?.address).to.include('/dns4/relay.example/tcp/443/ws')
  })

  const roundTrip = async (creator: LabDaemon, worker: LabDaemon): Promise<void> => {
    const asker = await creator.client('ask')
    const working = await worker.client('work')
    const task = await ask(asker, [working.app])

    expect(task.reply?.status).to.equal(201)
    await eventually('the task', async () => (await todo(working, '&wait_count=1&wait_time=2s')).includes(task.id))
    expect((await answer(working, task.id, asker.app))?.status).to.equal(201)

    const results = await asker.call('GET', `/v1/tasks/${task.id}/results?wait_count=1&wait_time=20s`)
    expect(results?.status).to.be.oneOf([200, 206])
    expect(JSON.parse(results?.text ?? '')).to.have.nested.property('[0].body', 'answer')
  }

  it('a task goes from one to the other, its answer back', async () => { await roundTrip(north, south) })

  it('and the other way', async () => { await roundTrip(south, north) })

  it('tasks of a site whose every connection is cut every few seconds arrive and are answered', async () => {
    for (let round = 0; round < 3; round++) {
      await roundTrip(west, hub)
      await roundTrip(hub, west)
    }

    await eventually('a cut', async () => /cut old/.test(net().hosts.west.proxy?.log() ?? ''))
    await roundTrip(west, hub)
  })

  it('the credentials are shown nowhere', async () => {
    for (const [site, secret] of [[north, 'sesame'], [south, 'sesame']] as const) {
      const shown = await site.host.run(process.execPath, ['src/cli/bin.js', 'config', 'show', '--dir', site.dir])
      expect(shown.stdout).to.include('http://hospital:***@').and.not.include(secret)
      expect(JSON.stringify(await site.operator.status())).to.not.include(secret)
      expect(site.log()).to.not.include(secret)
    }
  })

  it('and nothing came in at any of them, nor out but through the proxies', async () => {
    for (const host of [net().hosts.north, net().hosts.south, net().hosts.west]) {
      expect(await host.accepted() + await (host.proxy?.host.accepted() ?? 0), host.name).to.equal(0)
      expect(host.proxy?.log()).to.include('relay.example')
      expect(await host.probe(net().hosts.relay, 443)).to.not.equal('open')
    }

    expect(await net().hosts.relay.accepted()).to.be.above(2)
  })
})
