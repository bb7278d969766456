import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { InvalidInputError } from '../../core/errors.ts'

/** How often the files are looked at for a renewed certificate, ms. @default 30_000 */
const LOOK_EVERY = 30_000

export interface Certificate {
  cert: string
  key: string
}

export interface CertificateFiles {
  read(): Certificate
  /** Calls back with each pair that is new and whole; the function returned ends that */
  watch(onNew: (certificate: Certificate) => void, every?: number): () => void
}

/**
 * The operator's certificate for `…/wss`.
 *
 * @throws {InvalidInputError} when the files cannot be read or do not fit each other
 */
export function certificateFiles (files: { cert: string, key: string }): CertificateFiles {
  const read = (): Certificate => {
    const certificate = { cert: readPem('network.tls.cert', files.cert), key: readPem('network.tls.key', files.key) }

    try {
      createSecureContext(certificate)
    } catch (error) {
      throw new InvalidInputError('network.tls', `must be a certificate and its own private key, both PEM: ${(error as Error).message}`)
    }

    return certificate
  }

  let last = read().cert

  return {
    read,
    watch (onNew, every = LOOK_EVERY) {
      const look = (): void => {
        try {
          const certificate = read()

          if (certificate.cert !== last) {
            last = certificate.cert
            onNew(certificate)
          }
        } catch {
          // one file was replaced, the other not yet: its change comes, too; until then the old pair serves
        }
      }

      watchFile(files.cert, { persistent: false, interval: every }, look)
      watchFile(files.key, { persistent: false, interval: every }, look)

      return () => {
        unwatchFile(files.cert, look)
        unwatchFile(files.key, look)
      }
    }
  }
}

function readPem (field: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new InvalidInputError(field, `must be a PEM file that can be read: ${(error as Error).message}`)
  }
}
