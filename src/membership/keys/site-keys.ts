import { createPrivateKey } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPairFromSeed, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { ed25519FromRaw } from '../../core/ed25519.ts'
import { BeamError } from '../../core/errors.ts'
import { makePrivateDirectory, readPrivateFile } from '../../core/files.ts'
import { rawPrivateKey, rawPublicKey } from '../../core/raw-keys.ts'
import { keyId, x25519FromRaw } from '../../core/x25519.ts'
import { hex } from '../bytes.ts'
import { encryptionKeyFile, KEY_FILES } from './paths.ts'
import { writeOnce } from './write-once.ts'
import type { Random } from '../../core/random.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { KeyObject } from 'node:crypto'

/** A key file that cannot be used */
export class KeyFileError extends BeamError {
  constructor (path: string, rule: string) {
    super('KEY_FILE', `${path} ${rule}`)
    this.name = 'KeyFileError'
  }
}

export interface EncryptionKeyPair {
  /** 8 bytes */
  id: Uint8Array
  /** X25519, 32 bytes */
  publicKey: Uint8Array
  privateKey: KeyObject
}

/** What makes a site: its signing key, its daemon's peer key, its keys for mail */
export interface SiteKeys {
  /** Ed25519 */
  site: KeyObject
  peer: Ed25519PrivateKey
  /** At least one */
  encryption: EncryptionKeyPair[]
}

export async function generateSiteKeys (random: Random): Promise<SiteKeys> {
  return {
    site: ed25519FromRaw(random.bytes(32)),
    peer: await generateKeyPairFromSeed('Ed25519', random.bytes(32)),
    encryption: [encryptionKeyPair(random.bytes(32))]
  }
}

export function encryptionKeyPair (raw: Uint8Array): EncryptionKeyPair {
  const { privateKey, publicKey } = x25519FromRaw(raw)

  return { id: keyId(publicKey), publicKey, privateKey }
}

export function pem (key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Writes each file that is not there yet; one that holds another key is an error, never overwritten */
export async function writeSiteKeys (directory: string, keys: SiteKeys): Promise<void> {
  await makePrivateDirectory(directory)
  await writeOnce(join(directory, KEY_FILES.site), pem(keys.site))
  await writeOnce(join(directory, KEY_FILES.peer), `${Buffer.from(privateKeyToProtobuf(keys.peer)).toString('base64')}\n`)

  for (const { id, privateKey } of keys.encryption) {
    await writeOnce(join(directory, encryptionKeyFile(hex(id))), pem(privateKey))
  }
}

/**
 * @throws {UnsafeFileError} when others can read one of the files
 * @throws {KeyFileError} when one of them holds no such key
 */
export async function readSiteKeys (directory: string): Promise<SiteKeys> {
  const names = (await readdir(directory)).filter(name => KEY_FILES.encryption.test(name)).sort()

  return {
    site: await readPem(join(directory, KEY_FILES.site), 'ed25519'),
    peer: await readPeerKey(join(directory, KEY_FILES.peer)),
    encryption: await Promise.all(names.map(async name => readEncryptionKey(directory, name)))
  }
}

export async function readPem (path: string, type: 'ed25519' | 'x25519'): Promise<KeyObject> {
  const content = Buffer.from(await readPrivateFile(path))
  let key: KeyObject | undefined

  try {
    key = createPrivateKey(content)
  } catch {
    // the cause could quote the file
  }

  if (key?.asymmetricKeyType !== type) {
    throw new KeyFileError(path, `must hold an ${type} private key in PEM form`)
  }

  return key
}

async function readEncryptionKey (directory: string, name: string): Promise<EncryptionKeyPair> {
  const path = join(directory, name)
  const privateKey = await readPem(path, 'x25519')
  const publicKey = rawPublicKey(privateKey)
  const id = keyId(publicKey)

  if (name !== encryptionKeyFile(hex(id))) {
    throw new KeyFileError(path, `holds the key with the id ${hex(id)}: the file was renamed`)
  }

  return { id, publicKey, privateKey }
}

async function readPeerKey (path: string): Promise<Ed25519PrivateKey> {
  const content = Buffer.from(await readPrivateFile(path)).toString('latin1').trim()

  try {
    const key = privateKeyFromProtobuf(Buffer.from(content, 'base64'))

    if (key.type === 'Ed25519') {
      return key
    }
  } catch {
    // the cause could quote the file
  }

  throw new KeyFileError(path, 'must hold an Ed25519 libp2p private key in base64')
}

/** 32 secret bytes of each own encryption key, by key id in hex */
export function privateKeysById (keys: EncryptionKeyPair[]): Map<string, Uint8Array> {
  return new Map(keys.map(({ id, privateKey }) => [hex(id), rawPrivateKey(privateKey)]))
}
