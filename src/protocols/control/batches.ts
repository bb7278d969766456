import { MAX_NEWS, MAX_NEWS_BYTES } from './constants.ts'

/** News in pieces that fit one frame each */
export function * batches (items: Uint8Array[]): Generator<Array<Uint8Array<ArrayBuffer>>> {
  let batch: Array<Uint8Array<ArrayBuffer>> = []
  let bytes = 0

  for (const item of items) {
    if (batch.length === MAX_NEWS || (batch.length > 0 && bytes + item.byteLength > MAX_NEWS_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }

    batch.push(own(item))
    bytes += item.byteLength
  }

  if (batch.length > 0) {
    yield batch
  }
}

/** The encoder's types want a plain ArrayBuffer behind the bytes, which all of ours have */
export function own (bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}
