import { combine } from './statistics.ts'
import type { Answer, AppClient, PostedTask } from './app-client.ts'
import type { Figure, Groups } from './statistics.ts'

/** One question to all islands, and its answers while they come */
export interface Asked {
  readonly task: PostedTask
  /** Those that are there */
  readonly answers: ReadonlyMap<string, Answer>
  /** Resolves when every island has answered; rejects when one failed or the time is up */
  readonly all: Promise<void>
  figures(): Figure[]
}

export interface AskInit {
  client: AppClient
  to: string[]
  columns: string[]
  waitMs: number
  onAnswer(answer: Answer): void
}

export async function ask ({ client, to, columns, waitMs, onAnswer }: AskInit): Promise<Asked> {
  const task = await client.post(to, { by: 'species', columns })
  const answers = new Map<string, Answer>()

  const all = collect()
  // the failure is told to whoever awaits `all`, which may be later than it happens
  all.catch(() => {})

  async function collect (): Promise<void> {
    for await (const answer of client.answers(task, to.length, waitMs)) {
      onAnswer(answer)

      if (answer.status === 'succeeded') {
        answers.set(answer.from, answer)
      } else if (answer.status !== 'claimed') {
        throw new Error(`${answer.from} could not answer: ${answer.body}`)
      }
    }

    const missing = to.filter(app => !answers.has(app))

    if (missing.length > 0) {
      throw new Error(`no answer from ${missing.join(', ')} within ${waitMs / 1_000} s`)
    }
  }

  return {
    task,
    answers,
    all,
    figures: () => combine([...answers.values()].map(answer => JSON.parse(answer.body) as Groups), columns)
  }
}
