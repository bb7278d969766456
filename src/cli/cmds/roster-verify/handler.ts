import { readFile, stat } from 'node:fs/promises'
import { systemClock } from '../../../core/clock.ts'
import { verifyEd25519 } from '../../../core/ed25519.ts'
import { InvalidInputError } from '../../../core/errors.ts'
import { MAX_ROSTER_FILE, verifyRosterText } from '../../../membership/roster-file.ts'
import { facts } from '../../table.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const { head, ...report } = await verifyRosterText(await read(input.args[0]), systemClock.now(), verifyEd25519)
  const members = report.members.filter(({ standing }) => standing === 'member')

  io.result({ ...report, head: { seq: head.seq, hash: Buffer.from(head.hash).toString('hex') } }, facts([
    ['network', report.network],
    ['fingerprint', report.fingerprint],
    ['entries', `${report.entries}, each verified`],
    ['members', `${members.length} now, of ${report.members.length} ever`],
    ['authority', `${report.authority}, changed ${report.rotations} times`],
    ...(report.halted == null ? [] : [['not judged', report.halted] as [string, string]])
  ]))
  io.note('compare the fingerprint with the one that "beam-node id" shows at a member that you trust')

  return 0
}

async function read (file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MAX_ROSTER_FILE) {
      throw new InvalidInputError('file', `is longer than ${MAX_ROSTER_FILE} bytes`)
    }

    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof InvalidInputError) {
      throw error
    }

    throw new InvalidInputError('file', `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
