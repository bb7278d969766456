import { hash as digest } from 'node:crypto'
import { verifyEd25519 } from '../core/ed25519.ts'
import { InvalidInputError } from '../core/errors.ts'
import { quote } from '../core/ids.ts'
import { verifyKeptReceipts } from '../envelope/receipts.ts'
import { decodeEntry } from '../membership/roster/entry.ts'
import { follow } from '../membership/roster/follow.ts'
import { readStatement } from '../membership/roster/kinds.ts'
import { auditHash, AUDIT_START } from '../store/rows/audit.ts'
import { checkpointInput } from './checkpoint.ts'
import type { AuditReport } from './index.ts'
import type { ReceiptView } from '../envelope/index.ts'
import type { DecodedEntry } from '../membership/roster/entry.ts'

/** The first thing that is wrong ends the verification */
class Wrong extends Error {
  readonly n?: number

  constructor (what: string, n?: number) {
    super(what)
    this.n = n
  }
}

type Line = Record<string, any>

// what stands in a line may be of any type: nothing is asked to make a text or a number of itself
const bytesOf = (text: unknown, encoding: 'hex' | 'base64'): Uint8Array => new Uint8Array(Buffer.from(typeof text === 'string' ? text : '', encoding))
const numberOf = (value: unknown): number => typeof value === 'number' ? value : NaN
const shown = (value: unknown): string => typeof value === 'number' ? String(value) : quote(JSON.stringify(value) ?? 'missing')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/**
 * Judges an audit log by its lines alone: the roster by the network's first entry, the
 * chain by its hashes, its checkpoints by the site's keys, receipts by the keys that
 * the roster gave their signers.
 *
 * @throws {InvalidInputError} for what is no audit log at all
 */
export async function verifyAudit (lines: AsyncIterable<string>): Promise<AuditReport> {
  const verifier = new Verifier()

  try {
    for await (const text of lines) {
      if (text !== '') {
        await verifier.line(parse(text))
      }
    }

    verifier.end()
  } catch (err) {
    if (!(err instanceof Wrong)) {
      throw err
    }

    return { ...verifier.report, ok: false, problem: { ...(err.n == null ? {} : { n: err.n }), what: err.message } }
  }

  return verifier.report
}

function parse (text: string): Line {
  try {
    const line = JSON.parse(text)

    if (typeof line === 'object' && line != null) {
      return line
    }
  } catch {
    // said below
  }

  throw new Wrong('a line is no JSON object')
}

class Verifier {
  readonly report: AuditReport = { ok: true, site: '', network: '', genesis: '', first: 0, last: 0, signed: 0, checkpoints: 0, receipts: 0 }
  readonly #roster: DecodedEntry[] = []
  /** Every key that the roster ever gave a site */
  #keys?: Map<string, Uint8Array[]>
  #hash: Uint8Array = AUDIT_START
  /** Nothing but a checkpoint can stand before the first entry that is kept */
  #anchored = false
  #receipts?: { n: number, site: string, receipts: ReceiptView[] }
  #ended = false

  async line (line: Line): Promise<void> {
    if (this.report.site === '') {
      this.#header(line)

      return
    }

    if (this.#ended) {
      throw new Wrong('there are lines after the end')
    }

    switch (line.kind) {
      case 'roster':
        this.#rosterLine(line)
        break
      case 'entry':
        await this.#entry(line)
        break
      case 'checkpoint':
        await this.#checkpoint(line)
        break
      case 'end':
        this.#end(line)
        break
      default:
        throw new Wrong('a line is of an unknown kind')
    }
  }

  end (): void {
    if (this.report.site === '') {
      throw new InvalidInputError('audit log', 'is empty')
    }

    if (!this.#ended) {
      throw new Wrong('the log was cut: its last line is missing', this.report.last)
    }
  }

  #header ({ kind, version, site, network, genesis }: Line): void {
    if (kind !== 'audit' || version !== 1 || typeof site !== 'string' || site === '' || typeof network !== 'string' || typeof genesis !== 'string') {
      throw new InvalidInputError('audit log', 'must begin with a line of the kind "audit", version 1')
    }

    Object.assign(this.report, { site, network, genesis })
  }

  #rosterLine ({ seq, entry }: Line): void {
    try {
      this.#roster.push(decodeEntry(bytesOf(entry, 'base64')))
    } catch (err) {
      throw new Wrong(`roster entry ${shown(seq)}: ${err instanceof Error ? err.message : String(err)}`)
    }
  }

  async #keysOf (site: string): Promise<Uint8Array[]> {
    this.#keys ??= await this.#judgeRoster()

    return this.#keys.get(site) ?? []
  }

  async #judgeRoster (): Promise<Map<string, Uint8Array[]>> {
    const followed = await follow(undefined, this.#roster, verifyEd25519)

    if (followed.kind === 'refused') {
      throw new Wrong(`the roster does not verify: ${followed.reason}`)
    }

    if (hex(followed.state.genesis) !== this.report.genesis || followed.state.network !== this.report.network) {
      throw new Wrong('the roster is of another network')
    }

    const keys = new Map<string, Uint8Array[]>()

    for (const { entry } of followed.entries) {
      const statement = readStatement(entry.kind, entry.body)

      if (statement.kind === 'admit') {
        keys.set(statement.body.site, [...keys.get(statement.body.site) ?? [], statement.body.signingKey])
      }
    }

    return keys
  }

  async #checkpoint ({ n, hash, at, key, signature }: Line): Promise<void> {
    const { report } = this
    const signed = { n: numberOf(n), hash: bytesOf(hash, 'hex'), at: numberOf(at) }
    const known = (await this.#keysOf(report.site)).some(one => hex(one) === key)

    if (!Number.isSafeInteger(signed.n) || !Number.isSafeInteger(signed.at) || signed.n < 0 || signed.at < 0) {
      throw new Wrong('a checkpoint has no number or no instant')
    }

    if (!known) {
      throw new Wrong(`the checkpoint is signed with a key that ${report.site} never had`, signed.n)
    }

    if (!await verifyEd25519(bytesOf(key, 'hex'), checkpointInput({ site: report.site, ...signed }), bytesOf(signature, 'hex'))) {
      throw new Wrong('the signature of the checkpoint is not that of the site', signed.n)
    }

    if (report.first === 0 && !this.#anchored) {
      // what came before was purged
      this.#anchored = true
      this.#hash = signed.hash
      report.last = signed.n
    } else if (signed.n > report.last) {
      throw new Wrong(`entries ${report.last + 1} to ${signed.n} are missing, which the site signed`, report.last + 1)
    } else if (signed.n !== report.last || hex(this.#hash) !== hash) {
      throw new Wrong('the entries up to here are not those that the site signed', signed.n)
    }

    report.signed = signed.n
    report.checkpoints++
  }

  async #entry ({ n, entry, hash, evidence }: Line): Promise<void> {
    const { report } = this

    if (typeof entry !== 'string' || n !== report.last + 1) {
      throw new Wrong(`the entry after ${report.last} is ${shown(n)}: entries are missing, doubled or in another order`, report.last + 1)
    }

    this.#hash = auditHash(this.#hash, n, entry)

    if (hex(this.#hash) !== hash) {
      throw new Wrong('the entry, or its place, was changed', n)
    }

    report.first = report.first === 0 ? n : report.first
    report.last = n
    await this.#evidence(n, parse(entry), evidence)
  }

  async #evidence (n: number, said: Line, evidence: unknown): Promise<void> {
    if (said.kind === 'receipts') {
      const signed = bytesOf(evidence, 'base64')

      if (digest('sha256', signed, 'hex') !== said.sha256) {
        throw new Wrong('the receipts are not those that the entry names', n)
      }

      const site = typeof said.site === 'string' ? said.site : ''
      this.#receipts = { n, site, receipts: await this.#receiptsOf(n, signed, site) }
      this.report.receipts++
    } else if (said.kind === 'envelope-settled') {
      this.#settled(n, said)
    }
  }

  /** What another site answered is worth what that very site signed */
  #settled (n: number, said: Line): void {
    // its receipts were purged, and what is left of the log begins behind them
    if (Number.isSafeInteger(said.receipts) && said.receipts > 0 && said.receipts < this.report.first) {
      return
    }

    if (this.#receipts == null || said.receipts !== this.#receipts.n || said.site !== this.#receipts.site) {
      throw new Wrong('the entry does not name the receipts of its site that stand before it', n)
    }

    const outcome = said.outcome === 'delivered' ? 'stored' : 'for-good'
    const reason = said.reason ?? ''

    if (!this.#receipts.receipts.some(receipt => hex(receipt.id) === said.envelope && hex(receipt.hash) === said.hash && receipt.outcome === outcome && receipt.reason === reason)) {
      throw new Wrong('no receipt says what the entry says', n)
    }
  }

  async #receiptsOf (n: number, signed: Uint8Array, site: string): Promise<ReceiptView[]> {
    try {
      return await verifyKeptReceipts(signed, { network: this.report.network, self: this.report.site, from: site, keys: await this.#keysOf(site), verify: verifyEd25519 })
    } catch (err) {
      if (err instanceof Wrong) {
        throw err
      }

      throw new Wrong(`the receipts do not verify: ${err instanceof Error ? err.message : String(err)}`, n)
    }
  }

  #end ({ n }: Line): void {
    this.#ended = true

    if (n !== this.report.last) {
      throw new Wrong(`the log ends at ${this.report.last}, but there were ${shown(n)} entries`, this.report.last + 1)
    }
  }
}
