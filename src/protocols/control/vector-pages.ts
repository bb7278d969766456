import { MAX_NEWS_BYTES, MAX_VECTOR } from './constants.ts'
import type { RecordVector } from './pb/control.ts'
import type { SiteId } from '../../core/ids.ts'
import type { RecordVersion } from '../../membership/index.ts'

/** Bytes of a version beside its site id: tags, lengths, sequence */
const AROUND = 16

/** What is held, sorted by site, as vectors that fit one frame each; of nothing, one that says so */
export function * vectorPages (versions: readonly RecordVersion[]): Generator<RecordVector> {
  let start = 0

  do {
    const end = endOfPage(versions, start)

    yield {
      versions: versions.slice(start, end),
      ...(start === 0 ? {} : { after: versions[start - 1].site }),
      ...(end === versions.length ? {} : { upto: versions[end - 1].site })
    }
    start = end
  } while (start < versions.length)
}

function endOfPage (versions: readonly RecordVersion[], start: number): number {
  let end = start
  let bytes = 0

  while (end < versions.length && end - start < MAX_VECTOR) {
    bytes += Buffer.byteLength(versions[end].site) + AROUND

    if (bytes > MAX_NEWS_BYTES && end > start) {
      break
    }

    end++
  }

  return end
}

/** Of the sites that the vector tells of: those of which we hold something newer. Costs as much as they are many */
export function lackingSites (ours: readonly RecordVersion[], { versions, after, upto }: RecordVector): SiteId[] {
  const theirs = new Map(versions.map(({ site, sequence }) => [site, sequence]))
  const lacking: SiteId[] = []

  for (let at = after == null ? 0 : firstBehind(ours, after); at < ours.length; at++) {
    const { site, sequence } = ours[at]

    if (upto != null && site > upto) {
      break
    }

    if (sequence > (theirs.get(site) ?? 0)) {
      lacking.push(site)
    }
  }

  return lacking
}

/** Whether the vector names something newer than what we hold */
export function hasNewer (ours: readonly RecordVersion[], { versions }: RecordVector): boolean {
  return versions.some(({ site, sequence }) => {
    const before = ours[firstBehind(ours, site) - 1]

    return sequence > (before?.site === site ? before.sequence : 0)
  })
}

/** Place of the first version with a site after this one */
function firstBehind (versions: readonly RecordVersion[], site: SiteId): number {
  let low = 0
  let high = versions.length

  while (low < high) {
    const middle = (low + high) >>> 1

    if (versions[middle].site <= site) {
      low = middle + 1
    } else {
      high = middle
    }
  }

  return low
}
