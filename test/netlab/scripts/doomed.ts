/**
 * Builds a lab with things running in it, prints its name and waits to be killed.
 */
import { lab, names, outboundOnly, tinyproxy } from '../index.ts'

const net = await lab({ hosts: { site: { firewall: outboundOnly(), proxy: tinyproxy(), dns: names() } } })

await net.hosts.site.echo(4_001)
await net.hosts.site.url(4_001)
net.hosts.site.spawn('sleep', ['1000'])
process.stdout.write(`${net.name}\n`)
setInterval(() => {}, 60_000)
