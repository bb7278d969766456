/**
 * A worker: an ordinary program beside a daemon, to be copied as a beginning for
 * your own. It needs nothing but Node and speaks plain HTTP to its own site's
 * daemon: it announces what it can do, waits for tasks, claims one, computes and
 * answers. Its rows never leave this machine; counts, sums and sums of squares do.
 *
 * BEAM_URL=http://127.0.0.1:8081 BEAM_APP=penguins.dream.demo BEAM_KEY=… CAPABILITY=penguins DATA=dream.csv node worker.ts
 *
 * A task's body is {"by": "species", "columns": ["body_mass_g"]}; the answer is
 * {"Adelie": {"body_mass_g": {"n": 56, "sum": 207800, "sumOfSquares": 782840000}}}.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

interface Task { id: string, from: string, body: string }
interface Moments { n: number, sum: number, sumOfSquares: number }

/** The daemon understood, and said no */
class Refused extends Error {}

/** How long until the next try when the daemon could not be reached, in ms */
const RETRY_AFTER = 500

const { BEAM_URL = 'http://127.0.0.1:8081', BEAM_APP = '', BEAM_KEY = '', CAPABILITY = 'penguins', DATA = '' } = process.env

let trouble = ''

for (;;) {
  try {
    // an announcement is a lease: said again before each poll, it stays alive as long as we do
    await call('PUT', '/v1/workers/me', { capabilities: [CAPABILITY] })

    // answers as soon as there is something to do, or after 20 s with an empty list
    const tasks = await call('GET', '/v1/tasks?filter=todo&wait_count=1&wait_time=20s') as Task[]

    trouble = ''

    for (const task of tasks) {
      await work(task)
    }
  } catch (err) {
    // the daemon is off or restarting: it keeps our tasks, we only have to come back
    if (trouble !== messageOf(err)) {
      trouble = messageOf(err)
      say(`${trouble}; trying again until the daemon is back`)
    }

    await sleep(RETRY_AFTER)
  }
}

async function work (task: Task): Promise<void> {
  // tells everybody that it is being worked on; a claimed task is not offered again
  await answer(task, 'claimed', '')

  try {
    const { by, columns } = JSON.parse(task.body) as { by: string, columns: string[] }

    await answer(task, 'succeeded', JSON.stringify(await summarise(by, columns)))
  } catch (err) {
    await answer(task, 'permfailed', messageOf(err))
  }
}

/** Says it until the daemon has it: once it answered, the answer is on its disk */
async function answer (task: Task, status: string, body: string): Promise<void> {
  const result = { from: BEAM_APP, to: [task.from], task: task.id, status, body, metadata: null }

  for (;;) {
    try {
      await call('PUT', `/v1/tasks/${task.id}/results/${BEAM_APP}`, result)
      return
    } catch (err) {
      if (err instanceof Refused) {
        say(err.message)
        return // expired in the meantime, for example: saying it again would not help
      }

      await sleep(RETRY_AFTER)
    }
  }
}

async function summarise (by: string, columns: string[]): Promise<Record<string, Record<string, Moments>>> {
  const [header, ...rows] = (await readFile(DATA, 'utf8')).trim().split('\n').map(line => line.split(','))
  const groups: Record<string, Record<string, Moments>> = {}

  for (const column of [by, ...columns]) {
    if (!header.includes(column)) {
      throw new Error(`there is no column ${JSON.stringify(column)}; there are ${header.join(', ')}`)
    }
  }

  for (const row of rows) {
    const group = groups[row[header.indexOf(by)]] ??= {}

    for (const column of columns) {
      const moments = group[column] ??= { n: 0, sum: 0, sumOfSquares: 0 }
      const value = Number(row[header.indexOf(column)])

      // "NA": nobody measured this one
      if (!Number.isNaN(value)) {
        moments.n++
        moments.sum += value
        moments.sumOfSquares += value * value
      }
    }
  }

  return groups
}

async function call (method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${BEAM_URL}${path}`, {
    method,
    headers: { authorization: `ApiKey ${BEAM_APP} ${BEAM_KEY}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body)
  })
  const text = await response.text()

  if (!response.ok) {
    const message = `${method} ${path} answered ${response.status} ${text}`
    throw response.status < 500 ? new Refused(message) : new Error(message)
  }

  return text === '' ? undefined : JSON.parse(text)
}

function say (line: string): void {
  process.stderr.write(`${BEAM_APP}: ${line}\n`)
}

function messageOf (err: unknown): string {
  return err instanceof Error ? err.message : String(err)
}
