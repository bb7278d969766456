import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { verifyAudit } from '../../../audit/verify.ts'
import { InvalidInputError } from '../../../core/errors.ts'
import { textOption } from '../../input.ts'
import { anyOperator } from '../../operator.ts'
import { facts } from '../../table.ts'
import { auditLines } from '../audit-export/lines.ts'
import type { AuditReport } from '../../../audit/index.ts'
import type { Handler } from '../../command.ts'

/** Exit code when something is wrong with the log */
const BAD = 1

export const handler: Handler = async (input, io) => {
  const file = textOption(input.options, 'file')
  const report = file == null
    ? await anyOperator(input, async operator => verifyAudit(auditLines(operator, false)))
    : await verifyAudit(linesOf(file))

  io.result(report, text(report))

  return report.ok ? 0 : BAD
}

/** A file that cannot be read is no verdict on a log */
async function * linesOf (file: string): AsyncGenerator<string> {
  try {
    yield * createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  } catch (err) {
    throw new InvalidInputError('--file', `cannot be read: ${err instanceof Error ? err.message : String(err)}`)
  }
}

function text ({ ok, site, network, genesis, first, last, signed, checkpoints, receipts, problem }: AuditReport): string {
  return facts([
    ['audit log of', site],
    ['network', `${network}, first roster entry ${genesis}`],
    ['entries', last === 0 ? 'none' : `${first} to ${last}`],
    ['signed', `up to ${signed}, by ${checkpoints} signatures`],
    ['receipts', `${receipts} batches of other sites`],
    ['verdict', ok ? 'all of it verifies' : `${problem?.n == null ? '' : `entry ${problem.n}: `}${problem?.what ?? ''}`]
  ])
}
