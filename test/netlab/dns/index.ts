/**
 * What answers a host's questions about names. `HOST.example` is each host of the
 * laboratory; other names do not exist.
 */
export interface Dns {
  readonly kind: 'names' | 'lies' | 'silent' | 'refuses'
  /** Name to IPv4 address, before the true ones */
  readonly lies?: Record<string, string>
}

/** The truth */
export function names (): Dns {
  return { kind: 'names' }
}

/** Other addresses than the true ones for some names */
export function lies (lies: Record<string, string>): Dns {
  return { kind: 'lies', lies }
}

/** Questions are not answered */
export function silent (): Dns {
  return { kind: 'silent' }
}

/** Every question is answered with SERVFAIL */
export function refuses (): Dns {
  return { kind: 'refuses' }
}
