/** Asked for by `npm run test:netlab -- --long`: faults last as long as they would in the field */
export const LONG = process.env.NETLAB === 'long'

/** Of the decisions */
export const SEED = Number(process.env.NETLAB_SEED ?? 1)

/** How long a fault lasts, ms */
export function lasting (short: number, long: number): number {
  return LONG ? long : short
}
