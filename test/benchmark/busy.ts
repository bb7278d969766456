import { availableParallelism, loadavg } from 'node:os'

/** More processes that want a core than this for each core, and the figures are those of a busy machine */
const BUSY = 0.5

/** What to say when others use this machine too; undefined on a quiet one */
export function busyWarning (load: number = loadavg()[0], cores: number = availableParallelism()): string | undefined {
  return load / cores < BUSY ? undefined : `busy machine: load ${load.toFixed(1)} on ${cores} cores before it began; look at the ratios, not at the single figures`
}
