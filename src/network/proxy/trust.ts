import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, getCACertificates } from 'node:tls'
import { InvalidInputError } from '../../core/errors.ts'
import { MAX_CA_FILE } from './constants.ts'
import type { SecureContext } from 'node:tls'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * @throws {InvalidInputError}
 */
export function readCa (path: string): string[] {
  const text = readText(path)
  const found = text.match(CERTIFICATE) ?? []

  if (found.length === 0) {
    throw new InvalidInputError('network.ca', `must be a file with certificates in PEM form, and ${path} has none`)
  }

  for (const pem of found) {
    try {
      // eslint-disable-next-line no-new
      new X509Certificate(pem)
    } catch (error) {
      throw new InvalidInputError('network.ca', `has a certificate that cannot be read: ${(error as Error).message}`)
    }
  }

  return found
}

function readText (path: string): string {
  try {
    if (statSync(path).size > MAX_CA_FILE) {
      throw new Error(`it has more than ${MAX_CA_FILE} bytes`)
    }

    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new InvalidInputError('network.ca', `must be a PEM file that can be read: ${(error as Error).message}`)
  }
}

/**
 * Whom TLS to other sites and to an https proxy trusts: Node's own list, what this machine
 * trusts, and `network.ca`. Read once, at the first TLS connection: it takes a moment.
 */
export function createTrust (extra: string[]): () => SecureContext {
  let context: SecureContext | undefined

  return () => {
    context ??= createSecureContext({ ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...extra])] })

    return context
  }
}
