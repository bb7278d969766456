/** One range of bytes, as RFC 9110 writes it */
export interface ByteRange {
  offset: number
  length: number
}

/**
 * What to send: undefined for the whole, `unsatisfiable` for a range with nothing in it.
 * What is no single range of bytes is ignored, as the standard says.
 */
export function rangeOf (header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')

  if (match == null || (match[1] === '' && match[2] === '')) {
    return
  }

  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size)

    return length === 0 ? 'unsatisfiable' : { offset: size - length, length }
  }

  const offset = Number(match[1])
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)

  if (match[2] !== '' && Number(match[2]) < offset) {
    return
  }

  return offset >= size ? 'unsatisfiable' : { offset, length: last - offset + 1 }
}
