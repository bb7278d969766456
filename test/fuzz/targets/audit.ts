import assert from 'node:assert/strict'
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { checkpointInput } from '../../../src/audit/checkpoint.ts'
import { verifyAudit } from '../../../src/audit/verify.ts'
import { InvalidInputError } from '../../../src/core/errors.ts'
import { auditHash, AUDIT_START } from '../../../src/store/rows/audit.ts'
import { allowAsync, hex, text, texts, vectors } from './support.ts'
import type { Target } from './index.ts'

const SITE = 'founder.net.example'
const known = vectors('membership')
const seed: string = known.keys.founder.secret
const key = createPrivateKey({ key: Buffer.concat([hex('302e020100300506032b657004220420'), hex(seed)]), format: 'der', type: 'pkcs8' })
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Lines of a log that verifies: as many entries, the last one signed */
function log (texts: string[]): string[] {
  const lines: object[] = [
    { kind: 'audit', version: 1, site: SITE, network: 'net.example', genesis: known.roster[0].hash },
    ...known.roster.map(({ signed }: any, seq: number) => ({ kind: 'roster', seq, entry: Buffer.from(signed, 'hex').toString('base64') }))
  ]
  let hash: Uint8Array = AUDIT_START

  texts.forEach((entry, i) => {
    hash = auditHash(hash, i + 1, entry)
    const evidence = entry.includes('receipts') ? { evidence: EVIDENCE.toString('base64') } : {}
    lines.push({ kind: 'entry', n: i + 1, entry, hash: hexOf(hash), ...evidence })
  })

  const signed = { n: texts.length, hash, at: 1 }
  const signature = sign(null, checkpointInput({ site: SITE as any, ...signed }), key)
  lines.push({ kind: 'checkpoint', n: signed.n, hash: hexOf(hash), at: 1, key: known.keys.founder.public, signature: hexOf(signature) }, { kind: 'end', n: texts.length })

  return lines.map(line => JSON.stringify(line))
}

const EVIDENCE = Buffer.from('no receipts')
const receipts = JSON.stringify({ kind: 'receipts', site: 'biscoe.net.example', sha256: createHash('sha256').update(EVIDENCE).digest('hex') })
const WHOLE = 0
const SEEDS = [
  log([]), log(['{"kind":"app-added","app":"a"}']), log(['{"kind":"a"}', '{"kind":"b"}']), log([receipts]), log([receipts, '{"kind":"envelope-settled","receipts":1}'])
].map(lines => lines.join('\n'))

async function report (lines: string[]): Promise<void> {
  const found = await allowAsync(async () => verifyAudit((async function * () { yield * lines })()), InvalidInputError)

  // a verdict is of one kind or the other, and names what it is about
  assert.ok(found == null || (found.ok === (found.problem == null)))
}

/** What `audit verify --file` reads. First byte: the whole file, or entries that are chained and signed as they should */
export const audit: Target = {
  seeds: [
    ...SEEDS.map(lines => text(`\0${lines}`)),
    ...SEEDS.map(lines => text(`\0${lines.split('\n').slice(0, -1).join('\n')}`)),
    ...['n', 'entry', 'hash', 'at', 'key'].map(field => text(`\0${SEEDS[1].replaceAll(new RegExp(`"${field}":("[^"]*"|\\d+)`, 'g'), `"${field}":{"toString":1,"valueOf":1}`)}`)),
    ...['{"kind":"app-added"}', receipts, `${receipts}\n{"kind":"envelope-settled","receipts":1,"outcome":"delivered","envelope":"00","hash":"00"}`].map(lines => text(`\x01${lines}`))
  ],
  dictionary: texts('{"kind":"entry",', '"kind":"checkpoint"', '"kind":"end"', '"kind":"roster"', '"n":', '"entry":', '{"toString":1,"valueOf":1}', '[]', 'null', '1e999', '-1', '"evidence":', '\n', '"__proto__":'),
  maxLength: 16_384,
  run: async (data) => {
    const lines = Buffer.from(data.subarray(1)).toString('utf8').split('\n')

    await report((data[0] ?? 0) % 2 === WHOLE ? lines : log(lines))
  }
}
