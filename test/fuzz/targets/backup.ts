import assert from 'node:assert/strict'
import { encodeManifest, readManifest } from '../../../src/control/backup/manifest.ts'
import { InvalidInputError } from '../../../src/core/errors.ts'
import { allowAsync, text, texts } from './support.ts'
import type { Target } from './index.ts'
import type { FileHandle } from 'node:fs/promises'

const sha256 = 'ab'.repeat(32)
const PATHS = ['data/beam.sqlite', 'network.json', 'config.yaml', 'keys/signing.key', 'keys/encryption-0123.key']
const manifests = PATHS.map((_, i) => encodeManifest({ created: 1, program: '1.0.0', site: 's1.net', network: 'net', parts: PATHS.slice(0, i + 1).map(path => ({ path, size: i, sha256 })) }))

/** As much of a file as the reader asks for */
const fileOf = (data: Uint8Array): FileHandle => ({
  read: async (buffer: Buffer, offset: number, length: number, position: number) => ({ bytesRead: Buffer.from(data).copy(buffer, offset, position, position + length), buffer })
}) as unknown as FileHandle

/** The front of a backup. First byte: odd when the first line, with the length, is put before it */
export const backup: Target = {
  seeds: [
    ...manifests.flatMap(manifest => [Buffer.concat([text('\0'), manifest]), Buffer.concat([text('\x01'), manifest.subarray(manifest.indexOf('\n') + 1)])]),
    text('\0beam-node-backup 2 9\n')
  ],
  dictionary: texts('beam-node-backup', ' 1 ', '\n', '"parts":', '"path":"keys/..', '"path":"../', '"path":"keys/a/b', '"__proto__":', '"size":-1', '"size":1e999', 'null', '{"toString":1,"valueOf":1}'),
  maxLength: 8_192,
  run: async (data) => {
    const rest = data.subarray(1)
    const file = ((data[0] ?? 0) & 1) === 1 ? Buffer.concat([text(`beam-node-backup 1 ${rest.byteLength}\n`), rest]) : rest
    const read = await allowAsync(async () => readManifest(fileOf(file), 'x'), InvalidInputError)

    if (read != null) {
      // it decides what is written where
      for (const { path, size } of read.manifest.parts) {
        assert.ok(!path.includes('..') && !path.startsWith('/') && path.split('/').length <= 2 && size >= 0)
      }

      assert.ok(read.start <= file.byteLength)
    }
  }
}
