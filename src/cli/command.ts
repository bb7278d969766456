import type { Completable } from './completion.ts'
import type { Io } from './io.ts'

/**
 * A command is data: what `--help` shows, and a handler that is loaded only when
 * the command runs, so that `--help` and `status` do not load libp2p.
 */
export interface CliCommand {
  /** Words and arguments as commander reads them: `app add <name>` */
  usage: string
  summary: string
  /** Without the program's name */
  examples: string[]
  /** What each argument of `usage` is */
  arguments?: Record<string, string>
  options?: CliOption[]
  /** Takes a flag for each field of the configuration */
  configFlags?: boolean
  load(): Promise<{ handler: Handler }>
}

export interface CliOption {
  /** `--reason <text>` */
  flags: string
  description: string
  default?: string | number | boolean
  required?: boolean
  /** May be given several times: the value is a list */
  repeat?: boolean
}

export type Handler = (input: CommandInput, io: Io) => Promise<number | undefined>

/** What commander parsed; each handler's options.ts turns it into its own options */
export interface CommandInput {
  args: string[]
  options: Record<string, unknown>
  /** `--dir`, `--config` */
  dir?: string
  file?: string
  /** Flags of configuration fields by dotted path */
  config: Record<string, string | string[]>
  env: NodeJS.ProcessEnv
  /** The whole command line, for `completion` */
  completables(): Completable[]
}
