import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { domains } from '../../../src/core/domains.ts'
import { InvalidInputError } from '../../../src/core/errors.ts'
import { decodeTicket, encodeTicket } from '../../../src/membership/ticket.ts'
import { allow, text, texts, vectors } from './support.ts'
import type { Target } from './index.ts'

const known: { text: string } = vectors('membership').ticket
const payload = Buffer.from(known.text.slice('beam1'.length), 'base64url').subarray(0, -4)

function decode (line: string): void {
  const facts = allow(() => decodeTicket(line), InvalidInputError)

  if (facts != null) {
    assert.deepEqual(decodeTicket(encodeTicket(facts)), facts)
  }
}

/** First byte: a line as somebody may paste it, or a payload whose checksum is right */
export const ticket: Target = {
  seeds: [Buffer.concat([text('\0'), text(known.text)]), Buffer.concat([text('\x01'), payload])],
  dictionary: texts('beam1', 'beam2', '/ip4/127.0.0.1/tcp/1', '/dns4/a/tcp/443/wss', '\n'),
  maxLength: 8_192,
  run: (data) => {
    const rest = data.subarray(1)

    if ((data[0] ?? 0) % 2 === 0) {
      decode(Buffer.from(rest).toString('latin1'))
    } else {
      const checksum = createHash('sha256').update(domains.ticketChecksum).update(rest).digest().subarray(0, 4)
      decode('beam1' + Buffer.concat([rest, checksum]).toString('base64url'))
    }
  }
}
