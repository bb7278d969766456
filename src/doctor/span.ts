/** A time in words that is near enough */
export function span (ms: number): string {
  const seconds = Math.round(ms / 1_000)

  if (seconds < 120) {
    return `${seconds} s`
  }

  const minutes = Math.round(seconds / 60)

  if (minutes < 120) {
    return `${minutes} min`
  }

  const hours = Math.round(minutes / 60)

  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
