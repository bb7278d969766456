import { closest, distance } from 'fastest-levenshtein'
import { quote } from '../core/ids.ts'

/**
 * The sentence for a name that is not known: the nearest one when it is near, else
 * all that would do.
 */
export function suggest (name: string, known: string[]): string {
  const sameEnd = known.find(path => path.endsWith(`.${name}`))
  const near = sameEnd ?? (known.length === 0 ? undefined : closest(name, known))

  if (near != null && (sameEnd != null || distance(name, near) <= Math.max(2, name.length / 2))) {
    return `is not known; did you mean ${quote(near)}?`
  }

  return `is not known${near == null ? '' : `; the nearest known name is ${quote(near)}`}`
}
