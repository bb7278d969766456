/**
 * Where the demo speaks: lines with the time since the start, colours on a
 * terminal, plain elsewhere, nothing at all when one JSON object was asked for.
 */
export interface Stage {
  /** A new scene */
  scene(title: string): void
  /** Something happened */
  line(text: string): void
  /** A block of text as it is */
  block(text: string): void
  /** The last word */
  end(text: string): void
}

export interface Output {
  write(text: string): unknown
  isTTY?: boolean
}

export function createStage (output: Output, startedAt: number, env: NodeJS.ProcessEnv = process.env): Stage {
  const coloured = output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  const paint = (code: number, text: string): string => coloured ? `\u001b[${code}m${text}\u001b[0m` : text
  const print = (text: string): void => { output.write(`${text}\n`) }

  return {
    scene: (title) => { print(`\n${paint(1, title)}`) },
    line: (text) => { print(`${paint(2, `${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s`)}  ${text}`) },
    block: (text) => { print(`\n${text.replaceAll(/^/gm, '  ')}\n`) },
    end: (text) => { print(`\n${text}`) }
  }
}

export const silentStage: Stage = { scene: () => {}, line: () => {}, block: () => {}, end: () => {} }
