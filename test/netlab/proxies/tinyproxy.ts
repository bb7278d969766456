import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PROXY_PORT } from './port.ts'
import { untilOpen } from './until-open.ts'
import type { Proxy, ProxyInit } from './index.ts'

/** tinyproxy as Debian has it */
export function tinyproxy ({ credentials, ports = [443] }: ProxyInit = {}): Proxy {
  return {
    kind: 'tinyproxy',
    credentials,
    async start (host) {
      const file = join(host.directory, 'tinyproxy.conf')

      await writeFile(file, [
        `Port ${PROXY_PORT}`,
        'Timeout 600',
        'MaxClients 200',
        'LogLevel Connect',
        ...ports.map(port => `ConnectPort ${port}`),
        ...credentials == null ? [] : [`BasicAuth ${credentials.user} ${credentials.password}`]
      ].join('\n') + '\n')

      return untilOpen(host, host.spawn('tinyproxy', ['-d', '-c', file]))
    }
  }
}
