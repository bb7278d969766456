import { CommanderError } from 'commander'
import { createIo } from './io.ts'
import { buildProgram } from './program.ts'
import type { Streams } from './io.ts'

/**
 * Runs one command line to its end.
 *
 * @returns the exit code
 */
export async function run (argv: string[], streams: Streams = process, env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const io = createIo(streams, argv.includes('--json'))
  // commander prints usage errors itself; with --json they become one object instead
  const stderr = io.json ? { write: () => {} } : streams.stderr
  let code: number | undefined

  const program = buildProgram({ stdout: streams.stdout, stderr }, env, async (command, input) => {
    const { handler } = await command.load()

    code = await handler(input, io)
  })

  try {
    await program.parseAsync(argv, { from: 'user' })

    return code ?? 0
  } catch (err) {
    if (err instanceof CommanderError) {
      return usage(err, io.json, streams)
    }

    return io.fail(err)
  }
}

function usage (err: CommanderError, json: boolean, { stderr }: Streams): number {
  if (err.exitCode === 0) {
    return 0
  }

  // without a command, commander shows the help instead of a message
  const message = err.code === 'commander.help' ? 'a command is missing; see --help' : err.message.replace(/^error: /, '')

  if (json) {
    stderr.write(`${JSON.stringify({ error: { code: 'USAGE', message } })}\n`)
  }

  return 2
}
