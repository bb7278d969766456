import { multiaddr } from '@multiformats/multiaddr'
import { MAX_ADDRESS } from '../limits.ts'

/** Whether the text is a multiaddr within the limit */
export function isAddress (text: string): boolean {
  if (text.length > MAX_ADDRESS) {
    return false
  }

  try {
    multiaddr(text)
    return true
  } catch {
    // says only that it is none
    return false
  }
}
