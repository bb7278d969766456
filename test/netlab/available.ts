import { execFileSync } from 'node:child_process'

const TOOLS = ['ip', 'nft']

/**
 * Why no laboratory can be built here; undefined when it can. Only a runner that asked
 * for it (`npm run test:netlab`) gets one: `npm test` leaves the machine's network alone.
 */
export function whyNoLab (): string | undefined {
  if (process.env.NETLAB == null) {
    return 'builds network namespaces: npm run test:netlab, as root'
  }

  if (process.platform !== 'linux') {
    return `needs Linux, this is ${process.platform}`
  }

  if (process.getuid?.() !== 0) {
    return 'needs root, to build network namespaces'
  }

  // whoever is root can install them: not having them is a failure, not a reason to skip
  for (const tool of TOOLS) {
    execFileSync('sh', ['-c', `command -v ${tool} >/dev/null || { echo '${tool} is missing: install nftables and iproute2' >&2; exit 1; }`], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
}

/** `describe` for tests that need a laboratory; skipped with the reason in its title where there can be none */
export function describeLab (title: string, suite: (this: Mocha.Suite) => void): void {
  const reason = whyNoLab()

  if (reason == null) {
    describe(title, suite)
  } else {
    describe.skip(`${title} (skipped: ${reason})`, suite)
  }
}
