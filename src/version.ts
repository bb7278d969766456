import { readFileSync } from 'node:fs'

/** From package.json, which lies beside src, or beside dist */
export function version (): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { name?: string, version?: string }

      if (found.name === 'beam-node' && found.version != null) {
        return found.version
      }
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw err
      }
    }
  }

  return 'unknown'
}
