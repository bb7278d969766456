import type { Check } from '../index.ts'

export const nodeVersion: Check = {
  name: 'Node',
  run: async ({ node: { version, needed, fits } }) => {
    const found = `${version}, needed is ${needed} or newer`

    return fits
      ? [{ level: 'ok', found }]
      : [{ level: 'error', found, mend: 'install Node 24, or use "npm run beam-node --" in a checkout' }]
  }
}
