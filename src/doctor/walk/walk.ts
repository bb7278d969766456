import { HOPS, WAY } from './hops/index.ts'
import { skipped } from './steps.ts'
import type { Hop, HopCheck, Journey, Path } from './index.ts'

/** One hop after the other; a hop that cannot be looked at has failed, too */
export async function walk (journey: Journey, onStart: (hop: string) => void): Promise<Hop[]> {
  const hops: Hop[] = []
  const path: Path = { ...journey, hops, open: [], outcome: name => hops.find(({ check }) => check === name)?.outcome }

  for (const hop of HOPS) {
    onStart(hop.name)
    hops.push({ check: hop.name, ...await step(hop, path) })
  }

  // where one way leads to a link, another one that does not is only worth a word
  return path.outcome('link') !== 'ok'
    ? hops
    : hops.map(hop => hop.outcome === 'failed' && WAY.includes(hop.check) ? { ...hop, level: 'notice' } : hop)
}

async function step (hop: HopCheck, path: Path): ReturnType<HopCheck['run']> {
  try {
    const known = hop.known?.(path)

    if (known != null) {
      return known
    }

    const { after } = hop

    if (after != null && !after.some(name => path.outcome(name) === 'ok')) {
      return skipped(because(after, path))
    }

    return await hop.run(path)
  } catch (err) {
    return { outcome: 'failed', level: 'error', found: `could not be looked at: ${(err as Error).message}` }
  }
}

/** The first hop that failed, else why the one before was skipped */
function because (after: string[], { hops }: Path): string {
  const culprit = hops.find(({ outcome }) => outcome === 'failed')
  const before = hops.find(({ check, outcome }) => outcome === 'skipped' && after.includes(check))

  return culprit == null ? before?.found ?? 'nothing to look at' : `not looked at: ${culprit.check} failed`
}

/** What to do about the first thing that is wrong, when something that matters is */
export function wayOn (hops: Hop[]): Hop | undefined {
  const bad = hops.filter(({ outcome, level }) => outcome === 'failed' || level === 'error' || level === 'warning')

  return bad.find(({ level }) => level !== 'notice') ?? bad[0]
}
