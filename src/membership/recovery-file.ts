import { fingerprint } from './fingerprint.ts'
import { pem } from './keys/site-keys.ts'
import type { KeyObject } from 'node:crypto'

/** The recovery key with the advice of how to keep it: PEM readers skip what stands before it */
export function recoveryFileText (network: string, genesis: Uint8Array, key: KeyObject): string {
  return `Recovery key of the beam-node network ${network}
Fingerprint of the network: ${fingerprint(genesis)}

Keep this file offline: on a stick in a safe, or printed. No daemon needs it. It
signs one thing only: "the authority key was stolen or lost, this is the new one",
and it is the only key that can. Whoever has it can take over the network.

${pem(key)}`
}
