import type { Path } from './index.ts'
import type { PeerProbe } from '../../network/index.ts'

/** The daemon goes the way once, whichever hop asks first: to the addresses that took a connection, else through relays */
export async function goThere (path: Path): Promise<PeerProbe> {
  path.tried ??= await path.probe?.(path.open) ?? { linked: false }

  return path.tried
}
