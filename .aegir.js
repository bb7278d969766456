/** @type {import('aegir').PartialOptions} */
export default {
  build: {
    // a daemon: nothing is bundled for browsers
    bundle: false
  },
  lint: {
    files: [
      '*.js',
      'scripts/**/*.js',
      'src/**/*.{js,ts}',
      'test/**/*.ts',
      // written by protons
      '!src/**/pb/*.ts'
    ]
  },
  test: {
    target: ['node'],
    // Node runs the sources as they are
    build: false,
    files: ['test/**/*.spec.ts'],
    timeout: 60_000,
    // aegir asks for transformed types, which we do not need; daemons that tests start would inherit it and warn
    before: async () => ({ env: { NODE_OPTIONS: '' } })
  }
}
