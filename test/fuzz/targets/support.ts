import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

/** Published vectors are the best seeds: each is a valid message of its kind */
export function vectors (name: string): any {
  // the working directory, as in every script: this module is part of a bundle elsewhere
  return JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8'))
}

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
export const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value))
export const texts = (...values: string[]): Uint8Array[] => values.map(text)

type ErrorClass = abstract new (...args: any[]) => Error

/** The value, or undefined when one of the documented errors was thrown */
export function allow<T> (fn: () => T, ...errors: ErrorClass[]): T | undefined {
  try {
    return fn()
  } catch (error) {
    if (!errors.some(kind => error instanceof kind)) {
      throw error
    }
  }
}

/** The same for what checks signatures on the way */
export async function allowAsync<T> (fn: () => Promise<T>, ...errors: ErrorClass[]): Promise<T | undefined> {
  try {
    return await fn()
  } catch (error) {
    if (!errors.some(kind => error instanceof kind)) {
      throw error
    }
  }
}

/** What decodes must, encoded again, decode to the same */
export function stable<T> (codec: { decode(bytes: Uint8Array): T, encode(value: any): Uint8Array }, bytes: Uint8Array): T | undefined {
  let value: T

  try {
    value = codec.decode(bytes)
  } catch (error) {
    // protons throws plain errors; its callers catch everything. What must not pass is an exhausted stack or heap
    if (error instanceof TypeError || error instanceof ReferenceError || (error instanceof RangeError && /stack/.test(error.message))) {
      throw error
    }

    return
  }

  const encoded = codec.encode(value)
  assert.deepEqual(Buffer.from(codec.encode(codec.decode(encoded))), Buffer.from(encoded))

  return value
}

/** Cuts a list of parts out of one input: each begins with its length in one byte times eight */
export function parts (data: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []

  for (let at = 0; at < data.byteLength;) {
    const length = data[at] * 8
    found.push(data.slice(at + 1, at + 1 + length))
    at += 1 + length
  }

  return found
}

/** The reverse; parts that do not fill their place are padded with nothing, so the next begins early */
export function joinParts (list: Uint8Array[]): Uint8Array {
  return Buffer.concat(list.flatMap(part => [Uint8Array.of(Math.ceil(part.byteLength / 8)), part, new Uint8Array(Math.ceil(part.byteLength / 8) * 8 - part.byteLength)]))
}
