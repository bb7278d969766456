/**
 * How keys rest on disk. Generated keys have 256 bits, so that one SHA-256 is
 * enough; keys that people chose get scrypt.
 */
import { hash, scrypt } from 'node:crypto'
import type { Random } from '../core/random.ts'
import type { AppRow } from '../store/index.ts'

/** Cost of one try: 32 MiB and about 80 ms of one thread of the pool */
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

/** Bytes */
const HASH_LENGTH = 32
const SALT_LENGTH = 16

export type HashedKey = Pick<AppRow, 'scheme' | 'salt' | 'hash'>

export function sha256 (key: string): Uint8Array {
  return hash('sha256', key, 'buffer')
}

export function hashGenerated (key: string): HashedKey {
  return { scheme: 'sha256', salt: new Uint8Array(), hash: sha256(key) }
}

export async function hashChosen (key: string, random: Random): Promise<HashedKey> {
  const salt = random.bytes(SALT_LENGTH)

  return { scheme: 'scrypt', salt, hash: await slowHash(key, salt) }
}

export async function slowHash (key: string, salt: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(key, salt, HASH_LENGTH, SCRYPT, (error, digest) => {
      if (error == null) {
        resolve(digest)
      } else {
        reject(error)
      }
    })
  })
}
