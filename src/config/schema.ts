import Type from 'typebox'
import { PROXY_PATTERN, PROXY_RULE } from '../core/proxy-text.ts'
import type { Config } from './index.ts'

/**
 * Every field of config.yaml: rule, unit and default in one place. Annotations of
 * ours beside JSON schema: `unit` (text such as "64MiB" or "1h" is accepted),
 * `rule` (the sentence for a value that does not fit) and `flag` (a name other than
 * the path).
 */
const YES_NO = ['auto', 'yes', 'no']
const ADDRESS = '^/(ip4|ip6|dns|dns4|dns6)/[^/\\s]+/tcp/[0-9]{1,5}(/ws|/wss|/tls/ws)?(/p2p/[A-Za-z0-9]+)?$'
const ADDRESS_RULE = 'must be an address such as /ip4/0.0.0.0/tcp/8091 or /dns4/site.example.org/tcp/443/wss'
const APP = '^[\\p{L}\\p{N}-]{1,63}$'

const strict = { additionalProperties: false }
const choice = (values: string[], options: { description: string, default: string }): Type.TUnsafe<string> => Type.Unsafe<string>({ type: 'string', enum: values, ...options })
const addresses = (options: object): Type.TArray<Type.TString> => Type.Array(Type.String({ pattern: ADDRESS, rule: ADDRESS_RULE }), { maxItems: 32, default: [], ...options })

export const schema = Type.Object({
  api: Type.Object({
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address that the API binds to' }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 8081, description: 'TCP port of the API, 0 for any' }),
    hosts: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { maxItems: 64, default: [], description: 'Host header values accepted beside the loopback names and the bound address' }),
    tls: Type.Optional(Type.Object({
      cert: Type.String({ minLength: 1, description: 'PEM file with the certificate chain of the API' }),
      key: Type.String({ minLength: 1, description: 'PEM file with its private key' })
    }, strict)),
    // no more than an envelope carries
    bodyLimit: Type.Integer({ minimum: 1_024, maximum: 67_108_864, default: 67_108_864, unit: 'bytes', description: 'Longest request body' }),
    maxWait: Type.Integer({ minimum: 1_000, maximum: 86_400_000, default: 3_600_000, unit: 'ms', description: 'Longest wait_time of a poll' }),
    maxPolls: Type.Integer({ minimum: 1, maximum: 100_000, default: 2_000, description: 'Held polls and event streams of one app' })
  }, strict),
  network: Type.Object({
    listen: addresses({ flag: 'listen', description: 'Addresses to listen on for other sites; none for a site that only dials out' }),
    announce: addresses({ flag: 'announce', description: 'Addresses that others should dial instead of the ones listened on' }),
    reachable: choice(YES_NO, { default: 'auto', description: 'Whether others can reach this site; auto: when it announces, or listens on more than loopback' }),
    maxLinks: Type.Integer({ minimum: 1, maximum: 1_024, default: 64, description: 'Links to other sites kept at a time' }),
    proxy: Type.Optional(Type.String({ pattern: PROXY_PATTERN, rule: PROXY_RULE, secret: 'url', description: 'HTTP proxy for connections to other sites, or none; HTTPS_PROXY of the environment counts where this is not set' })),
    proxyPassword: Type.Optional(Type.String({ minLength: 1, description: 'File whose first line is the password for the user named in network.proxy' })),
    noProxy: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { maxItems: 256, description: 'Names, addresses and subnets that are dialled without the proxy; NO_PROXY of the environment counts where this is not set' })),
    ca: Type.Optional(Type.String({ minLength: 1, description: 'PEM file with more certificate authorities, for a proxy that breaks TLS open and for private ones' })),
    tls: Type.Optional(Type.Object({
      cert: Type.String({ minLength: 1, description: 'PEM file with the certificate chain for listening on an address that ends in /wss' }),
      key: Type.String({ minLength: 1, description: 'PEM file with the private key of it' })
    }, strict))
  }, strict),
  relay: Type.Object({
    enabled: choice(YES_NO, { default: 'auto', description: 'Lend this site as relay; auto: when it is reachable' }),
    maxReservations: Type.Integer({ minimum: 0, maximum: 10_000, default: 256, description: 'Sites that may hold a reservation here' }),
    maxCircuits: Type.Integer({ minimum: 0, maximum: 10_000, default: 512, description: 'Relayed connections at a time' }),
    maxCircuitsPerSite: Type.Integer({ minimum: 1, maximum: 10_000, default: 64, description: 'Relayed connections of one site at a time, at either end' }),
    maxRate: Type.Integer({ minimum: 0, maximum: 10_737_418_240, default: 134_217_728, unit: 'bytes', description: 'Bytes forwarded in a second; 0 for no limit' }),
    maxRatePerSite: Type.Integer({ minimum: 0, maximum: 10_737_418_240, default: 67_108_864, unit: 'bytes', description: 'Bytes forwarded in a second for one site; 0 for no limit' }),
    maxMemory: Type.Integer({ minimum: 0, maximum: 1_099_511_627_776, default: 671_088_640, unit: 'bytes', description: 'Bytes that relayed connections together can hold in memory at worst' }),
    maxMemoryPerSite: Type.Integer({ minimum: 0, maximum: 1_099_511_627_776, default: 134_217_728, unit: 'bytes', description: 'The same of one site, at either end' }),
    maxCircuitBytes: Type.Integer({ minimum: 0, maximum: 1_099_511_627_776, default: 0, unit: 'bytes', description: 'Bytes through one relayed connection; 0 for no limit' })
  }, strict),
  mailbox: Type.Object({
    enabled: choice(['yes', 'no'], { default: 'no', description: 'Keep sealed mail for other sites of the network' }),
    keepers: Type.Array(Type.String({ minLength: 1, maxLength: 320 }), { maxItems: 7, default: [], description: 'Sites that keep the mail of this one; none: every member that keeps mail' }),
    after: Type.Integer({ minimum: 100, maximum: 86_400_000, default: 30_000, unit: 'ms', description: 'What waits for a site that cannot be reached is left with keepers after this' }),
    keep: Type.Integer({ minimum: 1_000, maximum: 2_592_000_000, default: 1_209_600_000, unit: 'ms', description: 'How long mail is kept at most' }),
    maxMail: Type.Integer({ minimum: 1_024, maximum: 1_073_741_824, default: 67_108_864, unit: 'bytes', description: 'Largest envelope that is kept' }),
    maxBytes: Type.Integer({ minimum: 0, maximum: 1_099_511_627_776, default: 8_589_934_592, unit: 'bytes', description: 'Mail of all sites together' }),
    maxEnvelopes: Type.Integer({ minimum: 0, maximum: 10_000_000, default: 200_000, description: 'Envelopes of all sites together' }),
    maxBytesPerSender: Type.Integer({ minimum: 0, maximum: 1_099_511_627_776, default: 1_073_741_824, unit: 'bytes', description: 'Mail that one site left' }),
    maxEnvelopesPerSender: Type.Integer({ minimum: 0, maximum: 10_000_000, default: 20_000, description: 'Envelopes that one site left' }),
    maxBytesPerRecipient: Type.Integer({ minimum: 0, maximum: 1_099_511_627_776, default: 2_147_483_648, unit: 'bytes', description: 'Mail for one site; half of it for what one sender left' }),
    maxEnvelopesPerRecipient: Type.Integer({ minimum: 0, maximum: 10_000_000, default: 40_000, description: 'Envelopes for one site; half of it for what one sender left' })
  }, strict),
  dht: Type.Object({
    mode: choice(['auto', 'server', 'client'], { default: 'auto', description: 'Part in the directory; auto: server when reachable' })
  }, strict),
  log: Type.Object({
    level: choice(['debug', 'info', 'warn', 'error', 'silent'], { default: 'info', description: 'Least level that is logged' })
  }, strict),
  tasks: Type.Object({
    maxTtl: Type.Integer({ minimum: 1_000, maximum: 2_592_000_000, default: 2_592_000_000, unit: 'ms', description: 'Longest life of a task; more is cut to it' }),
    retention: Type.Integer({ minimum: 0, maximum: 2_592_000_000, default: 300_000, unit: 'ms', description: 'How long an expired task is kept before it is purged' }),
    maxOpenPerApp: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 100_000, description: 'Unexpired tasks that one app may have created' }),
    // no more than an envelope carries
    maxBody: Type.Integer({ minimum: 1_024, maximum: 1_073_741_824, default: 1_073_741_824, unit: 'bytes', description: 'Longest body of a task or result, brought in pieces or received' }),
    maxRecipients: Type.Integer({ minimum: 1, maximum: 1_024, default: 1_024, description: 'Recipients of one task' })
  }, strict),
  audit: Type.Object({
    keep: Type.Integer({ minimum: 1_000, maximum: 315_360_000_000, default: 34_560_000_000, unit: 'ms', description: 'How long entries of the audit log are kept' }),
    maxEntries: Type.Integer({ minimum: 1_000, maximum: 1_000_000_000, default: 10_000_000, description: 'Entries of the audit log that are kept; of more, the oldest go' })
  }, strict),
  metrics: Type.Object({
    enabled: choice(['yes', 'no'], { default: 'yes', description: 'Serve GET /metrics for Prometheus, without a key' }),
    maxSites: Type.Integer({ minimum: 0, maximum: 1_024, default: 64, description: 'Sites that get series of their own in the metrics; 0 for none' })
  }, strict),
  workers: Type.Array(Type.Object({
    app: Type.String({ pattern: APP, rule: 'must be the first part of an app id: 1 to 63 letters, digits or "-"' }),
    capabilities: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: 64 })
  }, strict), { maxItems: 256, default: [], description: 'Capabilities announced while the daemon runs, whoever works on them' })
}, strict)

/** The part of Config that a file may set: all but the data directory, in which the file lies */
export type FileConfig = Omit<Config, 'dir'>

// the schema and the contract must not drift apart
type Shape = Type.Static<typeof schema>
type Mutual = FileConfig extends Shape ? true : never
export const schemaFitsContract: Mutual = true
