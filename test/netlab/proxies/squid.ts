import { readFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from '../command.ts'
import { PROXY_PORT } from './port.ts'
import { untilOpen } from './until-open.ts'
import type { Proxy, ProxyInit } from './index.ts'

/** Debian's user for squid: it refuses to work as root */
const USER = 'proxy'

/** squid as Debian has it */
export function squid ({ credentials, ports = [443] }: ProxyInit = {}): Proxy {
  return {
    kind: 'squid',
    credentials,
    async start (host) {
      const file = join(host.directory, 'squid.conf')
      const passwords = join(host.directory, 'passwords')
      const access = join(host.directory, 'access.log')

      if (credentials != null) {
        await writeFile(passwords, `${credentials.user}:${await must('openssl', ['passwd', '-apr1', '-stdin'], { stdin: credentials.password })}`)
      }

      await writeFile(file, [
        `http_port ${PROXY_PORT}`,
        'visible_hostname proxy',
        `acl allowed_ports port ${ports.join(' ')}`,
        'http_access deny !allowed_ports',
        ...credentials == null
          ? ['http_access allow all']
          : [`auth_param basic program /usr/lib/squid/basic_ncsa_auth ${passwords}`, 'auth_param basic children 1', 'acl known proxy_auth REQUIRED', 'http_access allow known'],
        'http_access deny all',
        `access_log stdio:${access}`,
        `cache_log ${join(host.directory, 'cache.log')}`,
        'cache deny all',
        'pid_filename none',
        'pinger_enable off',
        'shutdown_lifetime 0 seconds',
        `cache_effective_user ${USER}`,
        `coredump_dir ${host.directory}`
      ].join('\n') + '\n')
      await must('chown', ['-R', USER, host.directory])
      await chmod(host.directory, 0o755)

      const process = await untilOpen(host, host.spawn('squid', ['-N', '-f', file]))

      // it writes only to files
      return { ...process, output: () => process.output() + readFileSync(access, 'utf8') }
    }
  }
}
