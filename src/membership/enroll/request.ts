import { EnrollRequest } from '../../protocols/enroll/pb/enroll.ts'

/** Longest encoded EnrollRequest, bytes */
export const MAX_REQUEST = 65_536

/** Version of enrolment */
export const ENROLL_VERSION = 1

/** Undefined for anything that is no request */
export function decodeRequest (bytes: Uint8Array): EnrollRequest | undefined {
  if (bytes.byteLength > MAX_REQUEST) {
    return
  }

  try {
    return EnrollRequest.decode(bytes)
  } catch {
    // a stranger's bytes: the caller answers and logs the refusal
  }
}
