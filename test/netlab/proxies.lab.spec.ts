import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'aegir/chai'
import { cuttingProxy, describeLab, open, proxyOnly, squid, tinyproxy, useLab } from './index.ts'
import { connectTunnel } from './tunnel.ts'
import type { Host } from './index.ts'

const credentials = { user: 'hospital', password: 'open sesame' }
const IDLE = 600
const TOTAL = 1_500

/**
 * ```
 * a site for each kind of proxy, its proxy beside it ── internet ── world
 * ```
 */
describeLab('each forward proxy does what it says', function () {
  this.timeout(60_000)

  const net = useLab({
    hosts: {
      world: { firewall: open() },
      tiny: { firewall: proxyOnly(), proxy: tinyproxy({ credentials: { ...credentials, password: 'sesame' } }) },
      calamari: { firewall: proxyOnly(), proxy: squid({ credentials }) },
      cutting: { firewall: proxyOnly(), proxy: cuttingProxy({ credentials, idle: IDLE, total: TOTAL }) },
      refusing: { firewall: proxyOnly(), proxy: cuttingProxy({ status: 502 }) },
      rude: { firewall: proxyOnly(), proxy: cuttingProxy({ status: 0, delay: 200 }) }
    }
  })

  before(async () => { await Promise.all([443, 80].map(async port => net().hosts.world.echo(port))) })

  /** Status of a CONNECT */
  const status = async (host: Host, port: number, proxy = host.proxy?.url ?? ''): Promise<string> => {
    const { stdout } = await host.run('curl', ['--silent', '--max-time', '1', '--proxytunnel', '--proxy', proxy, '--write-out', '%{http_connect}', '--output', '/dev/null', `http://world.example:${port}/`])

    return stdout
  }

  for (const name of ['tiny', 'calamari', 'cutting'] as const) {
    it(`${name}: CONNECT to 443 with the right credentials and nothing else`, async () => {
      const host = net().hosts[name]

      expect(await status(host, 443)).to.equal('200')
      expect(await status(host, 80)).to.equal('403')
      // tinyproxy says 401 where others say 407
      expect(await status(host, 443, `http://${host.proxy?.host.address}:3128`)).to.be.oneOf(['407', '401'])
      expect(await status(host, 443, `http://hospital:wrong@${host.proxy?.host.address}:3128`)).to.be.oneOf(['407', '401'])
      expect(host.proxy?.log()).to.include('world.example')
      expect(await host.accepted() + await (host.proxy?.host.accepted() ?? 0)).to.equal(0)
    })
  }

  it('refusing: 502; rude: closes without an answer', async () => {
    expect(await status(net().hosts.refusing, 443)).to.equal('502')
    expect(await status(net().hosts.rude, 443)).to.equal('000')
    expect(net().hosts.rude.proxy?.log()).to.include('closed world.example:443')
  })

  it('cutting: what is idle ends, and at some age everything', async () => {
    const { cutting, world } = net().hosts
    const idle = await connectTunnel(cutting, `${world.address}:443`, credentials)
    const started = performance.now()

    await new Promise(resolve => { idle.once('close', resolve) })
    expect(performance.now() - started).to.be.within(IDLE - 100, TOTAL - 200)

    const busy = await connectTunnel(cutting, `${world.address}:443`, credentials)
    let echoed = 0
    const from = performance.now()

    busy.on('data', (data: Buffer) => { echoed += data.length })

    while (!busy.closed) {
      busy.write('x')
      await sleep(50)
    }

    expect(performance.now() - from).to.be.within(TOTAL - 100, TOTAL + 1_000)
    expect(echoed).to.be.above(15)
    expect(cutting.proxy?.log()).to.match(/cut idle .*cut old /s)
  })
})
