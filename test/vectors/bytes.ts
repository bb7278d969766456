export function hex (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function unhex (text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'hex'))
}

/** A message of a file of vectors: `{ hex }` stands for bytes */
export function revive (value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(revive)
  }

  if (value == null || typeof value !== 'object') {
    return value
  }

  return 'hex' in value ? unhex(String(value.hex)) : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]))
}
