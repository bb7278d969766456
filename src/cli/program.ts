import { Argument, Command, Option } from 'commander'
import { version } from '../version.ts'
import { COMMANDS } from './cmds/index.ts'
import { completables } from './completion.ts'
import { addConfigFlags, collect, readConfigFlags } from './config-flags.ts'
import type { CliCommand, CommandInput } from './command.ts'
import type { Streams } from './io.ts'

export type Perform = (command: CliCommand, input: CommandInput) => Promise<void>

const DIR = 'data directory (default: BEAM_NODE_DIR or ~/.beam-node)'
const CONFIG = 'configuration file (default: BEAM_NODE_CONFIG or config.yaml in the data directory)'

const GROUPS: Record<string, string> = {
  app: 'keys of the local apps',
  tasks: 'tasks known at this site',
  outbox: 'what waits for other sites',
  clock: 'the clock of this machine',
  config: 'the effective configuration'
}

/** The whole command line, built from the commands' declarations */
export function buildProgram ({ stdout, stderr }: Streams, env: NodeJS.ProcessEnv, perform: Perform): Command {
  const program = new Command('beam-node')
    .description('One daemon for every site of a federation: tasks, results and streams between sites, with nothing in the middle')
    .version(version(), '--version', 'print the version')
    // before the command or behind it
    .option('--dir <path>', DIR)
    .option('--config <file>', CONFIG)
    .option('--json', 'machine readable output')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureOutput({ writeOut: text => { stdout.write(text) }, writeErr: text => { stderr.write(text) } })

  for (const command of COMMANDS) {
    declare(program, command, env, perform)
  }

  return program
}

function declare (program: Command, declaration: CliCommand, env: NodeJS.ProcessEnv, perform: Perform): void {
  const words = declaration.usage.split(' ')
  const names = words.filter(word => !/^[<[]/.test(word))
  const parent = names.length === 1 ? program : group(program, names[0])
  const command = parent.command(names[names.length - 1])
    .summary(declaration.summary)
    .description(declaration.summary)
    .option('--dir <path>', DIR)
    .option('--config <file>', CONFIG)
    .option('--json', 'one JSON value on stdout; errors as JSON on stderr')
    .addHelpText('after', `\nExample${declaration.examples.length > 1 ? 's' : ''}:\n${declaration.examples.map(example => `  $ beam-node ${example}`).join('\n')}`)

  for (const word of words.filter(word => /^[<[]/.test(word))) {
    command.addArgument(new Argument(word, declaration.arguments?.[word.replace(/[<>[\].]/g, '')] ?? ''))
  }

  for (const { flags, description, default: value, required, repeat } of declaration.options ?? []) {
    const option = new Option(flags, repeat === true ? `${description}; may be repeated` : description)
      .default(value)
      .makeOptionMandatory(required === true)

    command.addOption(repeat === true ? option.argParser(collect) : option)
  }

  if (declaration.configFlags === true) {
    addConfigFlags(command)
  }

  command.action(async () => {
    // commander hands them to the program wherever they stand
    const options = { ...program.opts(), ...command.opts() }

    await perform(declaration, {
      args: command.processedArgs as string[],
      options,
      dir: options.dir,
      file: options.config,
      config: declaration.configFlags === true ? readConfigFlags(options) : {},
      env,
      completables: () => completables(program)
    })
  })
}

function group (program: Command, name: string): Command {
  const present = program.commands.find(command => command.name() === name)

  if (present != null) {
    return present
  }

  return program.command(name).description(GROUPS[name] ?? name)
}
