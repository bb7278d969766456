import { expect } from 'aegir/chai'
import { closed, describeLab, only443, open, outboundOnly, proxyOnly, tinyproxy, useLab } from './index.ts'

/**
 * ```
 *  world (open) ── internet ── one site for each kind of firewall
 * ```
 */
describeLab('each firewall does what it says', function () {
  this.timeout(60_000)

  const net = useLab({
    hosts: {
      world: { firewall: open() },
      free: { firewall: open() },
      outbound: { firewall: outboundOnly() },
      colleague: { behind: 'outbound' },
      web: { firewall: only443() },
      strict: { firewall: only443({ reset: true }) },
      proxied: { firewall: proxyOnly(), proxy: tinyproxy() },
      shut: { firewall: closed() },
      home: { firewall: outboundOnly(), nat: true }
    }
  })

  before(async () => {
    const { world, ...others } = net().hosts

    await Promise.all([world.echo(80), world.echo(443), ...Object.values(others).map(async host => host.echo(4_001))])
  })

  it('open: in and out, and the counters see it', async () => {
    const { world, free } = net().hosts

    expect(await free.probe(world, 80)).to.equal('open')
    expect(await free.probe(world, 81)).to.equal('refused')
    expect(await free.accepted()).to.equal(0)
    expect(await world.probe(free, 4_001)).to.equal('open')
    expect(await free.accepted()).to.equal(1)
    expect(await free.droppedSyns()).to.equal(0)
  })

  it('outbound-only: out, and every SYN from outside is dropped and counted', async () => {
    const { world, outbound, colleague } = net().hosts

    expect(await outbound.probe(world, 80)).to.equal('open')
    expect(await world.probe(outbound, 4_001)).to.equal('silent')
    expect(await outbound.droppedSyns()).to.be.above(0)
    expect(await outbound.accepted()).to.equal(0)
    // beside it on the same network, and counted apart
    expect(await colleague.probe(outbound, 4_001)).to.equal('open')
    expect(await colleague.droppedSyns()).to.equal(0)
    expect(await world.probe(colleague, 4_001)).to.equal('silent')
    expect(await colleague.droppedSyns()).to.be.above(0)
    expect(await outbound.accepted() + await colleague.accepted()).to.equal(0)
  })

  it('only-443: out to that port alone, else silence or, if it is of that kind, a reset', async () => {
    const { world, web, strict } = net().hosts

    for (const [host, other] of [[web, 'silent'], [strict, 'refused']] as const) {
      expect(await host.probe(world, 443), host.name).to.equal('open')
      expect(await host.refusedSyns(), host.name).to.equal(0)
      expect(await host.probe(world, 80), host.name).to.equal(other)
      expect(await host.refusedSyns(), host.name).to.be.above(0)
      expect(await world.probe(host, 4_001), host.name).to.equal('silent')
      expect(await host.accepted(), host.name).to.equal(0)
    }
  })

  it('proxy-only: not even to 443 but by the proxy, which allows that port alone', async () => {
    const { world, proxied } = net().hosts
    const through = async (port: number): Promise<string> => {
      // the echo server sends the request back: curl sees what it sent
      const { stdout } = await proxied.run('curl', ['--silent', '--max-time', '2', '--proxytunnel', '--proxy', proxied.proxy?.url ?? '', '--write-out', ' connect %{http_connect}', '--http0.9', `http://${world.address}:${port}/hello`])

      return stdout
    }

    expect(await proxied.probe(world, 443)).to.equal('silent')
    expect(await through(443)).to.match(/GET \/hello.* connect 200/s)
    expect(await through(80)).to.match(/connect 403/)
    expect(await proxied.accepted() + await (proxied.proxy?.host.accepted() ?? 0)).to.equal(0)
    expect(await proxied.refusedSyns()).to.be.above(0)
  })

  it('closed: nothing either way', async () => {
    const { world, shut } = net().hosts

    expect(await shut.probe(world, 443)).to.equal('silent')
    expect(await world.probe(shut, 4_001)).to.equal('silent')
    expect(await shut.accepted()).to.equal(0)
  })

  it('NAT: goes out under the address of its gateway, which lets nobody in', async () => {
    const { world, home } = net().hosts

    expect(home.address).to.match(/^10\./)
    expect(await home.probe(world, 80)).to.equal('open')
    expect(await world.probe(home, 4_001)).to.equal('unreachable')
    expect(await world.probe(home.gateway.site.wan, 4_001)).to.equal('silent')
    expect(await home.droppedSyns()).to.be.above(0)
    expect(await home.accepted()).to.equal(0)
  })

  it('none of them reaches anything outside of the laboratory', async () => {
    for (const host of Object.values(net().hosts)) {
      const { stdout } = await host.run('ip', ['-brief', 'address'])

      expect(stdout.split('\n').filter(line => line !== '').map(line => line.split(/[\s@]/)[0]), host.name).to.deep.equal(['lo', 'eth0'])
      expect(await host.probe('192.0.2.1', 443), host.name).to.not.equal('open')
    }

    const { stdout } = await net().hosts.world.run('ip', ['netns', 'exec', `${net().name}-internet`, 'ip', 'route', 'show', 'default'])
    expect(stdout).to.equal('')
  })
})
