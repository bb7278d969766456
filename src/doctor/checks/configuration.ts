import { isIP } from 'node:net'
import type { Check } from '../index.ts'

export const configuration: Check = {
  name: 'configuration',
  run: async ({ loaded, configError }) => {
    if (loaded == null) {
      return [{ level: 'error', found: configError ?? 'cannot be read', mend: 'correct it; "beam-node config show" shows every field, docs/configuration.md its rule' }]
    }

    const { api } = loaded.config
    const open = isIP(api.host) === 0 ? api.host !== 'localhost' : !/^(127\.|::1$)/.test(api.host)

    if (open && api.tls == null) {
      return [{ level: 'warning', found: `the API listens on ${api.host} without TLS: keys of apps and bodies can be read on the way`, mend: 'set api.tls.cert and api.tls.key, or bind api.host to 127.0.0.1' }]
    }

    return [{ level: 'ok', found: loaded.file ?? 'no file, flags or environment only' }]
  }
}
