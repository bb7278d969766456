/**
 * Effective configuration: flags > environment `BEAM_NODE_…` > file > defaults.
 * The JSON schema (schema.ts) is where every field's rule, unit and default stand.
 */
export interface Config {
  /** Data directory, absolute path; everything this daemon keeps is below it */
  dir: string
  api: {
    /** Address to bind. @default '127.0.0.1' */
    host: string
    /** TCP port, 0 for any. @default 8081 */
    port: number
    /** Host header values accepted beside the loopback names and the bound address. @default [] */
    hosts: string[]
    /** PEM files; plain HTTP when absent */
    tls?: { cert: string, key: string }
    /** Longest request body in bytes. @default 67_108_864 (64 MiB) */
    bodyLimit: number
    /** Cap of wait_time in ms. @default 3_600_000 (1 h) */
    maxWait: number
    /** Held polls and event streams of one app. @default 2_000 */
    maxPolls: number
  }
  network: {
    /** Multiaddrs to listen on; [] for a site that only dials out. `init` writes /ip4/0.0.0.0/tcp/8091 into config.yaml. @default [] */
    listen: string[]
    /** Multiaddrs that others should dial instead of the ones listened on. @default [] */
    announce: string[]
    /** Whether others can reach this site. 'auto': yes when it listens on something else than loopback or announces. @default 'auto' */
    reachable: 'auto' | 'yes' | 'no'
    /** Control links kept at a time. @default 64 */
    maxLinks: number
    /** HTTP proxy for connections to other sites, or 'none'. @default HTTPS_PROXY of the environment */
    proxy?: string
    /** File whose first line is the password for it */
    proxyPassword?: string
    /** Names and addresses that are dialled without it. @default NO_PROXY of the environment */
    noProxy?: string[]
    /** PEM file with more certificate authorities for TLS to other sites */
    ca?: string
    /** PEM files for listening on …/wss */
    tls?: { cert: string, key: string }
  }
  relay: {
    /** Lend this site as relay. 'auto': when reachable. @default 'auto' */
    enabled: 'auto' | 'yes' | 'no'
    /** Sites that may hold a reservation here. @default 256 */
    maxReservations: number
    /** Relayed connections at a time. @default 512 */
    maxCircuits: number
    /** The same of one site, at either end. @default 64 */
    maxCircuitsPerSite: number
    /** Bytes forwarded in a second, 0 for no limit. @default 134_217_728 (128 MiB) */
    maxRate: number
    /** The same of one site. @default 67_108_864 (64 MiB) */
    maxRatePerSite: number
    /** Bytes that all relayed connections together can hold in memory at worst. @default 671_088_640 (640 MiB) */
    maxMemory: number
    /** The same of one site. @default 134_217_728 (128 MiB) */
    maxMemoryPerSite: number
    /** Bytes through one relayed connection, 0 for no limit. @default 0 */
    maxCircuitBytes: number
  }
  mailbox: {
    /** Keep sealed mail for other sites. @default 'no' */
    enabled: 'yes' | 'no'
    /** Sites that keep the mail of this one, as its record says. @default [] (every member that keeps mail) */
    keepers: string[]
    /** What waits for a site that cannot be reached is left with keepers after this, ms. @default 30_000 */
    after: number
    /** Mail is kept at most this long, ms. @default 1_209_600_000 (14 d) */
    keep: number
    /** Largest envelope that is kept, bytes. @default 67_108_864 (64 MiB) */
    maxMail: number
    /** Mail of all sites together, bytes. @default 8_589_934_592 (8 GiB) */
    maxBytes: number
    /** @default 200_000 */
    maxEnvelopes: number
    /** Of one sender. @default 1_073_741_824 (1 GiB) */
    maxBytesPerSender: number
    /** @default 20_000 */
    maxEnvelopesPerSender: number
    /** For one recipient; one sender gets half of it at most. @default 2_147_483_648 (2 GiB) */
    maxBytesPerRecipient: number
    /** @default 40_000 */
    maxEnvelopesPerRecipient: number
  }
  dht: {
    /** 'auto': server when reachable, else client. @default 'auto' */
    mode: 'auto' | 'server' | 'client'
  }
  log: {
    /** @default 'info' */
    level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  }
  tasks: {
    /** Longest ttl in ms; more is cut to it. @default 2_592_000_000 (30 d) */
    maxTtl: number
    /** Expired tasks are kept this long before they are purged, ms. @default 300_000 */
    retention: number
    /** Open tasks that one app may have created. @default 100_000 */
    maxOpenPerApp: number
    /** Longest body of a task or result, bytes. @default 1_073_741_824 (1 GiB) */
    maxBody: number
    /** Recipients of one task. @default 1_024 */
    maxRecipients: number
  }
  audit: {
    /** Entries of the audit log are kept this long, ms. @default 34_560_000_000 (400 d) */
    keep: number
    /** Entries of the audit log that are kept. @default 10_000_000 */
    maxEntries: number
  }
  metrics: {
    /** Serve GET /metrics. @default 'yes' */
    enabled: 'yes' | 'no'
    /** Sites that get series of their own; 0 for none. @default 64 */
    maxSites: number
  }
  /** Capabilities announced while the daemon runs, whoever works on them */
  workers: Array<{ app: string, capabilities: string[] }>
}

/** Where an effective value came from */
export type Source = 'flag' | 'environment' | 'file' | 'default'

export interface LoadedConfig {
  config: Config
  /** Dotted path of each field to its source */
  sources: Record<string, Source>
  /** The file that was read, if any */
  file?: string
  /** Beam's own form: APP_<name>_KEY in the environment */
  envApps: Array<{ name: string, key: string }>
}
