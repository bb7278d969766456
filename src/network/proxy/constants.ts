/** Header lines of a proxy's answer, bytes. @default 16 KiB */
export const MAX_PROXY_HEAD = 16_384

/** For a tunnel: connecting to the proxy and its answer, ms. @default 8_000 */
export const PROXY_TIMEOUT = 8_000

/** libp2p's limit for one address behind a proxy, which connects on our behalf, ms. @default 12_000 */
export const PROXIED_DIAL_TIMEOUT = 12_000

/** Idle times of cut tunnels that are remembered */
export const MAX_CUTS = 8

/** Pings are not sent more often than this, whatever the proxy does, ms. @default 1_000 */
export const LEAST_PACE = 1_000

/** Longest text of a proxy that is passed on to people, characters */
export const MAX_SAID = 120

/** CA file, bytes. @default 4 MiB */
export const MAX_CA_FILE = 4_194_304
