import assert from 'node:assert/strict'
import { InvalidInputError } from '../../../src/core/errors.ts'
import { rosterText, verifyRosterText } from '../../../src/membership/roster-file.ts'
import { allowAsync, hex, text, texts, vectors } from './support.ts'
import type { Target } from './index.ts'

const known = vectors('membership')
const signed: Uint8Array[] = known.roster.map((entry: any) => hex(entry.signed))
const genuine = rosterText(signed)

/** What `roster verify FILE` reads. First byte: odd for a file whose signatures all count as right */
export const rosterFile: Target = {
  seeds: [
    ...signed.map((_, i) => text(`\0${rosterText(signed.slice(0, i + 1))}`)),
    ...signed.map((_, i) => text(`\x01${rosterText(signed.slice(0, i + 1))}`)),
    text(`\x01${genuine.replaceAll('\n', '\r\n')}`)
  ],
  dictionary: texts('beam-node roster 1\n', '\n', '\r\n', '=', ...genuine.split('\n').slice(1, 4)),
  maxLength: 16_384,
  run: async (data) => {
    const trusting = ((data[0] ?? 0) & 1) === 1
    const report = await allowAsync(async () => verifyRosterText(Buffer.from(data.subarray(1)).toString('latin1'), known.roster[0].at ?? 0, async () => trusting), InvalidInputError)

    // nothing verifies whose signatures do not
    assert.ok(report == null || trusting)
    assert.ok(report == null || (report.entries > 0 && report.head.seq === report.entries - 1))
  }
}
