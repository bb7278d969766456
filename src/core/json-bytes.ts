/**
 * Long strings of JSON as the bytes that they are. Most need no escape: then the text
 * between the quotes is the string itself, in both directions, and no string of the
 * language has to be made of it.
 */
import { randomUUID } from 'node:crypto'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20

/** Bytes below it are control characters: in each byte of a word */
const SPACES = 0x20202020
const HIGH = 0x80808080 | 0

/** Bytes that are looked at before a control character among them ends the search */
const BLOCK = 16_384

/** Whether these bytes of UTF-8 stand for themselves between the quotes of JSON */
export function isPlain (bytes: Uint8Array): boolean {
  return bytes.indexOf(BACKSLASH) === -1 && bytes.indexOf(QUOTE) === -1 && !hasControl(bytes)
}

function hasControl (bytes: Uint8Array): boolean {
  const { buffer, byteOffset, byteLength } = bytes
  const before = Math.min(byteLength, -byteOffset & 3)
  const after = before + ((byteLength - before) & ~3)

  for (let i = 0; i < byteLength; i++) {
    if (i === before) {
      i = after

      if (i === byteLength) {
        break
      }
    }

    if (bytes[i] < SPACE) {
      return true
    }
  }

  return after > before && hasControlWord(new Int32Array(buffer, byteOffset + before, (after - before) >> 2))
}

/** Four bytes at a time: a word has a byte below 0x20 if taking that from each borrows */
function hasControlWord (words: Int32Array): boolean {
  for (let start = 0; start < words.length; start += BLOCK >> 2) {
    const end = Math.min(start + (BLOCK >> 2), words.length)
    let borrowed = 0

    for (let i = start; i < end; i++) {
      const word = words[i]
      borrowed |= (word - SPACES) & ~word
    }

    if ((borrowed & HIGH) !== 0) {
      return true
    }
  }

  return false
}

/** Stands where a string was set aside; nobody outside can know it */
const MARK = `set aside ${randomUUID()}`

/** Where the text of a string begins and ends, without its quotes */
export interface Span { start: number, end: number }

export interface SetAside {
  /** The document with a mark in place of the string */
  text: string
  mark: string
  /** Of the document, not a copy */
  bytes: Uint8Array
}

/** Undefined when the string is not what its bytes are */
export function setAside (document: Buffer, { start, end }: Span): SetAside | undefined {
  const bytes = document.subarray(start, end)

  return isPlain(bytes) ? { text: `${document.toString('utf8', 0, start)}${MARK}${document.toString('utf8', end)}`, mark: MARK, bytes } : undefined
}
