/** Upper bounds of histograms. Units stand beside each. */

/** Requests: from a read in memory to a poll held for an hour, seconds */
export const REQUEST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3_600]

/** One commit: from a fast disk to a failing one, seconds */
export const COMMIT = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** Operations of one batch; the store takes 512 at most */
export const BATCH = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** To another site and back: from a link that is up to a site that was away for days, seconds */
export const DELIVERY = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3_600, 86_400, 604_800]
