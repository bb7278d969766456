/** What to do when another site refuses an envelope, by the reason that it gives */
const MENDS: Record<string, string> = {
  'not-allowed': 'that site\'s policy does not allow it: ask its operator',
  'body-too-large': 'the body is larger than tasks.maxBody at that site: ask its operator, or send less',
  'not-recipient': 'no app of that site is meant: look at the ids that the task names',
  conflict: 'another task with this id is there: each task needs an id of its own',
  expired: 'its ttl was over when it came there: send it anew with a longer one; when that cannot be, compare the clocks of both sites',
  'too-far-ahead': 'it ends too far in the future for that site: compare the clocks of both',
  'unknown-key': 'that site has lost its encryption key, or the news of a new one has not come here yet: it is sent again by itself',
  'too-many-open': 'that site has its limit of open tasks of this one (docs/limits.md): it goes out when others are answered',
  unavailable: 'the disk of that site is full or failed: tell its operator; it is sent again by itself',
  busy: 'that site has much to do: it is sent again by itself',
  'clocks-differ': 'the clocks of the two sites differ by more than is tolerated: compare both with a good one, a time service such as chrony keeps them right',
  'clock-paused': 'the clock of that site is wrong and it takes nothing: tell its operator ("beam-node status" there says it)'
}

export function refusalMend (reason: string | undefined): string {
  return MENDS[reason ?? ''] ?? 'one of the two ends is of an older version, or at fault: tell its operator the reason'
}
