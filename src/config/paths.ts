/** Reading and setting by dotted path in plain objects that came from outside */
export function getPath (root: unknown, path: string): unknown {
  let at = root

  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at == null || !Object.hasOwn(at, name)) {
      return undefined
    }

    at = (at as Record<string, unknown>)[name]
  }

  return at
}

export function setPath (root: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop() ?? ''
  let at = root

  for (const name of names) {
    const next = Object.hasOwn(at, name) ? at[name] : undefined

    if (typeof next === 'object' && next != null) {
      at = next as Record<string, unknown>
    } else {
      at = at[name] = {}
    }
  }

  at[last] = value
}
