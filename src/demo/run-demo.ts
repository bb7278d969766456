import { randomBytes } from 'node:crypto'
import { startLab } from '../lab/start-lab.ts'
import { createAppClient } from './app-client.ts'
import { curlLines } from './curl-lines.ts'
import { interruption } from './interruption.ts'
import { dataOf, ISLANDS } from './penguins.ts'
import { createStage, silentStage } from './stage.ts'
import { tellStory } from './story.ts'
import { startWorker } from './worker-process.ts'
import type { Output } from './stage.ts'
import type { WorkerProcess } from './worker-process.ts'
import type { Lab } from '../lab/index.ts'

export interface DemoOptions {
  /** Leave everything running afterwards, until SIGINT or SIGTERM */
  keep?: boolean
  /** One JSON object instead of the show */
  json?: boolean
  stdout?: Output
  /** Ends the demo early */
  signal?: AbortSignal
}

const NETWORK = 'demo'
const CAPABILITY = 'penguins'

/**
 * Four daemons, three workers, one question: `npm run demo`. Returns the exit
 * code: 0 only if the tables agreed and the late answer came.
 */
export async function runDemo ({ keep = false, json = false, stdout = process.stdout, signal }: DemoOptions = {}): Promise<number> {
  const startedAt = performance.now()
  const stage = json ? silentStage : createStage(stdout, startedAt)
  const workers: WorkerProcess[] = []
  const apps = { question: randomBytes(24).toString('base64url'), worker: randomBytes(24).toString('base64url') }
  const interrupted = interruption(signal)
  let lab: Lab | undefined

  try {
    stage.scene('Four sites, four processes: each is founded or joins as a real one would')
    lab = await startLab({
      network: NETWORK,
      sites: ['coordinator', ...ISLANDS].map(name => ({ name, apiPort: 0 })),
      apps: [{ name: 'question', key: apps.question }, { name: 'worker', key: apps.worker }],
      onEvent: event => { stage.line(event.text) },
      signal: interrupted.signal
    })

    const [coordinator, ...islands] = lab.sites
    const appOf = (site: string): string => `worker.${site}`
    const client = createAppClient({ api: coordinator.api, app: `question.${coordinator.id}`, key: apps.question })

    for (const [index, site] of islands.entries()) {
      workers.push(startWorker({
        api: site.api,
        app: appOf(site.id),
        key: apps.worker,
        capability: CAPABILITY,
        data: dataOf(ISLANDS[index]),
        onLine: line => { stage.line(line) }
      }))
    }

    const story = await Promise.race([tellStory({ lab, client, stage, islands, appOf, capability: CAPABILITY }), interrupted.early])
    const elapsedMs = Math.round(performance.now() - startedAt)

    const curl = keep ? curlLines({ coordinator, islands, client, apps, appOf, capability: CAPABILITY }) : undefined

    if (json) {
      stdout.write(`${JSON.stringify({ ...story, sites: lab.sites, elapsedMs, curl })}\n`)
    }

    if (curl != null) {
      stage.block(curl)
      stage.line('everything keeps running; Ctrl-C ends it and leaves nothing behind')
      await interrupted.asked
    }

    stage.end(story.ok ? `demo: ok, ${(elapsedMs / 1_000).toFixed(1)} s` : 'demo: failed, the tables do not agree')

    return story.ok ? 0 : 1
  } catch (err) {
    const message = interrupted.signal.aborted ? 'interrupted' : err instanceof Error ? err.message : String(err)

    if (json) {
      stdout.write(`${JSON.stringify({ ok: false, error: message, elapsedMs: Math.round(performance.now() - startedAt) })}\n`)
    }

    stage.end(`demo: failed, ${message}`)

    return 1
  } finally {
    await Promise.all(workers.map(async worker => { await worker.stop() }))
    await lab?.stop()
    interrupted.dispose()
  }
}
