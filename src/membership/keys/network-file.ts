import { readFile } from 'node:fs/promises'
import { BeamError } from '../../core/errors.ts'
import { checkNetworkName, parseId } from '../../core/ids.ts'
import { hex } from '../bytes.ts'
import { writeOnce } from './write-once.ts'
import type { SiteId } from '../../core/ids.ts'

/** What a data directory is a member of. Not secret. */
export interface NetworkFile {
  network: string
  site: SiteId
  /** Hash of the genesis entry, hex */
  genesis: string
}

const VERSION = 1

export async function writeNetworkFile (path: string, { network, site, genesis }: { network: string, site: SiteId, genesis: Uint8Array }): Promise<void> {
  await writeOnce(path, `${JSON.stringify({ version: VERSION, network, site, genesis: hex(genesis) }, undefined, 2)}\n`)
}

/** Undefined when there is none: the directory belongs to no member */
export async function readNetworkFile (path: string): Promise<NetworkFile | undefined> {
  let text: string

  try {
    text = await readFile(path, 'utf8')
  } catch (error: any) {
    if (error?.code === 'ENOENT') {
      return
    }

    throw error
  }

  const { version, network, site, genesis } = parse(text, path)

  if (version !== VERSION) {
    throw new BeamError('NETWORK_FILE', `${path} is of version ${String(version)}, this beam-node knows version ${VERSION}: update beam-node`)
  }

  if (typeof network !== 'string' || typeof site !== 'string' || typeof genesis !== 'string' ||
    parseId(site, checkNetworkName(network, path))?.kind !== 'site' || !/^[0-9a-f]{64}$/.test(genesis)) {
    throw damaged(path)
  }

  return { network, site, genesis }
}

function parse (text: string, path: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) }
  } catch (error) {
    throw damaged(path, error)
  }
}

function damaged (path: string, cause?: unknown): BeamError {
  return new BeamError('NETWORK_FILE', `${path} is damaged: it must hold version, network, site and genesis`, { cause })
}
