import type { Reason } from '../network/proxy/index.ts'

/** Where the text of a request stands */
export const REQUEST = 'docs/firewalls.md has the text of a request to whoever runs the network'

/** What to do when this is how a connection through the proxy, or TLS, fails */
export const MENDS: Partial<Record<Reason, string>> = {
  'no name': 'correct the name in network.proxy, or the DNS of this machine (/etc/resolv.conf)',
  refused: 'correct host and port in network.proxy, or ask whether the proxy is up',
  unreachable: 'correct host and port in network.proxy, or ask whether this machine may reach the proxy',
  slow: 'ask whoever runs the proxy; it may wait for a site that is down',
  closed: `ask whoever runs the proxy whether it allows CONNECT for this machine; ${REQUEST}`,
  'not a proxy': 'correct the port in network.proxy: something else answers there',
  credentials: 'put the right user and password into network.proxy, as http://user:password@host:port, or the password into a file named by network.proxyPassword',
  forbidden: `ask whoever runs the proxy to allow CONNECT to these names and ports; ${REQUEST}`,
  'no way on': 'ask whether these sites are up, and whoever runs the proxy whether it may reach them and knows their names',
  issuer: 'a proxy or firewall breaks TLS open: put the certificate of its issuer (PEM) into a file and name that in network.ca; the tasks stay sealed, Noise runs inside',
  certificate: 'ask whoever runs that site to renew or correct the certificate; see that the clock of this machine is right',
  'no websocket': 'ask whoever runs that site whether its reverse proxy passes WebSocket upgrades on (config/nginx-beam.conf), and whoever runs a proxy that breaks TLS open whether it lets them through'
}
