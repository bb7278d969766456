/** @type {import('aegir').PartialOptions} */
export default {
  build: {
    // a daemon: nothing is bundled for browsers
    bundle: false
  },
  test: {
    target: ['node'],
    build: false,
    timeout: 60_000
  }
}
