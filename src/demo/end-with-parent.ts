/**
 * Loaded before the worker by the demo only: when the demo dies without a word, its
 * workers must not stay behind. The channel to the parent closes with it.
 */
process.once('disconnect', () => { process.exit(0) })
