import { FIELDS } from '../../../config/fields.ts'
import { loadConfig } from '../../../config/load-config.ts'
import { getPath } from '../../../config/paths.ts'
import { formatUnit } from '../../../config/units.ts'
import { maskProxy } from '../../../core/proxy-text.ts'
import { table } from '../../table.ts'
import type { Field } from '../../../config/fields.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const loaded = await loadConfig({ dir: input.dir, file: input.file, flags: input.config, env: input.env })
  const rows = [
    { path: 'dir', value: loaded.config.dir as unknown, source: loaded.sources.dir, text: loaded.config.dir },
    ...FIELDS.map(field => {
      const found = getPath(loaded.config, field.path)
      const value = field.secret === 'url' && typeof found === 'string' ? maskProxy(found) : found

      return { path: field.path, value, source: loaded.sources[field.path] ?? 'default', text: show(field, value) }
    })
  ]

  io.result({
    file: loaded.file ?? null,
    values: Object.fromEntries(rows.map(({ path, value, source }) => [path, { value: value ?? null, source }])),
    apps: loaded.envApps.map(({ name }) => ({ name, source: 'environment' }))
  }, [
    `file: ${loaded.file ?? 'none'}`,
    table(['FIELD', 'VALUE', 'FROM'], rows.map(({ path, text, source }) => [path, text, source])),
    ...loaded.envApps.map(({ name }) => `app ${name}: key from APP_${name}_KEY in the environment`)
  ].join('\n'))

  return 0
}

function show (field: Field, value: unknown): string {
  if (value === undefined) {
    return '-'
  }

  if (field.unit != null && typeof value === 'number') {
    return formatUnit(value, field.unit)
  }

  return typeof value === 'string' ? value : JSON.stringify(value)
}
