import { expect } from 'aegir/chai'
import { describeLab, lies, names, open, outboundOnly, refuses, silent, useLab } from './index.ts'

/**
 * ```
 * asker of each kind ── internet ── relay, DNS servers: true, lying, silent, refusing
 * ```
 */
describeLab('names in the laboratory', function () {
  this.timeout(60_000)

  const net = useLab({
    hosts: {
      relay: { firewall: open() },
      told: { firewall: outboundOnly(), dns: names() },
      fooled: { firewall: outboundOnly(), dns: lies({ 'relay.example': '11.7.0.66' }) },
      waiting: { firewall: outboundOnly(), dns: silent() },
      refused: { firewall: outboundOnly(), dns: refuses() },
      alone: { firewall: outboundOnly() }
    }
  })

  /** What the resolver of the system says there */
  async function lookup (host: 'told' | 'fooled' | 'waiting' | 'refused' | 'alone', name: string): Promise<string> {
    const { stdout } = await net().hosts[host].run(process.execPath, ['-e', `require('dns').lookup(${JSON.stringify(name)}, (err, address) => console.log(err == null ? address : err.code))`])

    return stdout.trim()
  }

  it('are true, if one asks the right one', async () => {
    expect(await lookup('told', 'relay.example')).to.equal(net().hosts.relay.address)
    expect(await lookup('told', 'nobody.example')).to.equal('ENOTFOUND')
    await net().hosts.relay.echo(4_001)
    expect(await net().hosts.told.probe('relay.example', 4_001)).to.equal('open')
  })

  it('lie', async () => {
    expect(await lookup('fooled', 'relay.example')).to.equal('11.7.0.66')
    expect(await net().hosts.fooled.probe('relay.example', 4_001)).to.not.equal('open')
    expect(await lookup('fooled', 'told.example')).to.equal(net().hosts.told.address)
  })

  it('are not answered, refused, or there is nobody to ask', async () => {
    for (const host of ['waiting', 'refused', 'alone'] as const) {
      expect(await lookup(host, 'relay.example'), host).to.equal('EAI_AGAIN')
    }
  })

  it('of this machine are unknown inside', async () => {
    const { stdout } = await net().hosts.told.run('cat', ['/etc/hosts', '/etc/resolv.conf'])

    expect(stdout).to.match(/^127\.0\.0\.1 localhost\nnameserver 11\.7\.0\.24\d\n/)
  })
})
