import type { AuditCursor } from '../../../audit/index.ts'
import type { LocalOperator } from '../../../control/index.ts'

/** The audit log line by line, a page in memory at a time */
export async function * auditLines (operator: Pick<LocalOperator, 'auditPage'>, sign: boolean): AsyncGenerator<string, undefined> {
  let cursor: AuditCursor | undefined

  do {
    const page = await operator.auditPage({ ...(cursor == null ? {} : { cursor }), sign })
    yield * page.lines
    cursor = page.next
  } while (cursor != null)
}
