import { checkConfig } from '../../../src/config/check.ts'
import { readEnv, readEnvApps } from '../../../src/config/env.ts'
import { parseConfigFile } from '../../../src/config/read-file.ts'
import { InvalidInputError } from '../../../src/core/errors.ts'
import { allow, text, texts } from './support.ts'
import type { Target } from './index.ts'

const FILE = `api:
  host: 127.0.0.1
  port: 8081
  hosts: [beam.example]
  bodyLimit: 64MiB
network:
  listen: [/ip4/0.0.0.0/tcp/8091]
  announce: []
relay: { enabled: auto }
tasks: &t
  maxTtl: 30d
workers:
  - app: penguins
    capabilities: [sum, "mean"]
`
const ENVIRONMENT = 'BEAM_NODE_API_PORT=1\nBEAM_NODE_NETWORK_LISTEN=/ip4/1.2.3.4/tcp/1\nAPP_app1_KEY=secret'

/** First byte: a file, or lines of an environment */
export const config: Target = {
  seeds: [Buffer.concat([text('\0'), text(FILE)]), Buffer.concat([text('\x01'), text(ENVIRONMENT)])],
  dictionary: texts('*t', '&t ', '<<: *t', '!!binary ', '!!set ', '? ', '|\n', '>-\n', '---\n', '__proto__: ', 'constructor', '0x', '.inf', '1e999', 'BEAM_NODE_API_', 'BEAM_NODE_WORKERS=[', 'MiB'),
  maxLength: 4_096,
  run: (data) => {
    const rest = Buffer.from(data.subarray(1)).toString('latin1')

    if ((data[0] ?? 0) % 2 === 0) {
      allow(() => {
        const { value, where } = parseConfigFile(rest, 'config.yaml')
        checkConfig(value, where)
      }, InvalidInputError)
    } else {
      const env = Object.fromEntries(rest.split('\n').map(line => line.split('=', 2)).map(([name, value = '']) => [name, value]))

      allow(() => readEnv(env), InvalidInputError)
      allow(() => readEnvApps(env), InvalidInputError)
    }
  }
}
