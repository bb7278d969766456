import { ask } from './ask.ts'
import { readAllRows } from './penguins.ts'
import { renderFigures } from './render-figures.ts'
import { agree, pool } from './statistics.ts'
import { until } from './until.ts'
import type { Answer, AppClient, Delivery } from './app-client.ts'
import type { Stage } from './stage.ts'
import type { Figure } from './statistics.ts'
import type { Lab, LabSite } from '../lab/index.ts'

export interface StoryInit {
  lab: Lab
  /** The coordinator's app */
  client: AppClient
  stage: Stage
  islands: LabSite[]
  /** App id of the worker at a site */
  appOf(site: string): string
  capability: string
}

export interface Story {
  ok: boolean
  workers: string[]
  first: Question
  second: Question & { killed: string, deliveries: Delivery[], lateAnswer: { from: string, ms: number, afterRestartMs: number } }
}

export interface Question {
  columns: string[]
  answers: Array<{ from: string, ms: number, path: string }>
  combined: Figure[]
  pooled: Figure[]
  agree: boolean
}

/** Longest wait for the workers to be found, for one answer, for a daemon that comes back; ms */
const PATIENCE = 30_000

const FIRST = ['body_mass_g', 'flipper_length_mm']
const SECOND = ['bill_length_mm', 'bill_depth_mm']

export async function tellStory (init: StoryInit): Promise<Story> {
  const { stage } = init

  stage.scene('Who can answer? The coordinator asks the network for a capability, not for names')
  const workers = await findWorkers(init)

  stage.scene('One question to three sites, none of which gives away a row')
  const first = await askAll(init, workers, FIRST)
  stage.block(renderFigures(first.combined, first.pooled))
  stage.line(first.agree ? 'what three sites said together is what all rows say, to 1e-9' : 'the two tables do NOT agree')

  stage.scene('A site dies in the middle, and nothing is lost')
  const second = await askWhileOneIsDown(init, workers)
  stage.block(renderFigures(second.combined, second.pooled))
  stage.line(second.agree ? 'what three sites said together is what all rows say, to 1e-9' : 'the two tables do NOT agree')

  return { ok: first.agree && second.agree, workers, first, second }
}

async function findWorkers ({ client, stage, islands, appOf, capability }: StoryInit): Promise<string[]> {
  const wanted = islands.map(site => appOf(site.id))
  const started = performance.now()
  const found = await until(`workers with the capability "${capability}" at ${islands.length} sites`, PATIENCE, async () => {
    const apps = await client.findWorkers(capability)

    return wanted.every(app => apps.includes(app)) ? apps : undefined
  })

  stage.line(`"${capability}" found through the DHT after ${ms(performance.now() - started)}, confirmed by each site itself: ${found.join(', ')}`)

  return found
}

async function askAll (init: StoryInit, workers: string[], columns: string[]): Promise<Question> {
  const { client, stage } = init
  const paths = await pathsTo(client)

  stage.line(`posting one task to ${workers.length} workers: ${columns.join(', ')} by species`)
  const asked = await ask({ client, to: workers, columns, waitMs: PATIENCE, onAnswer: answer => { tell(stage, answer, paths) } })
  await asked.all

  return { ...await compare(asked.figures(), columns), answers: withPaths(asked.answers.values(), paths) }
}

async function askWhileOneIsDown (init: StoryInit, workers: string[]): Promise<Story['second']> {
  const { client, stage, lab, islands, appOf } = init
  const victim = islands[islands.length - 1]
  const victimApp = appOf(victim.id)
  const paths = await pathsTo(client)

  stage.line(`SIGKILL to the daemon of ${victim.id}`)
  await lab.kill(victim.id, 'SIGKILL')

  const asked = await ask({ client, to: workers, columns: SECOND, waitMs: 2 * PATIENCE, onAnswer: answer => { tell(stage, answer, paths) } })
  stage.line(`posted a second task to all ${workers.length}, accepted although ${victim.id} is off`)

  const deliveries = await until('the other answers and a queued delivery', PATIENCE, async () => {
    const now = await client.deliveries(asked.task)
    const others = now.filter(delivery => delivery.to !== victimApp)

    return others.every(delivery => delivery.state === 'answered') && asked.answers.size === others.length ? now : undefined
  })

  for (const { to, state } of deliveries) {
    stage.line(`delivery to ${to}: ${state}`)
  }

  const state = deliveries.find(delivery => delivery.to === victimApp)?.state

  if (state !== 'queued') {
    throw new Error(`the delivery to ${victimApp} should be queued and is ${state ?? 'not listed'}`)
  }

  const restartedAt = performance.now()
  stage.line(`starting ${victim.id} again`)
  await lab.restart(victim.id)
  await asked.all

  const afterRestartMs = Math.round(performance.now() - restartedAt)
  const late = asked.answers.get(victimApp)

  if (late == null) {
    throw new Error(`the late answer of ${victimApp} did not come`)
  }

  stage.line(`the late answer is here, ${ms(afterRestartMs)} after the start`)
  const after = await pathsTo(client)

  return {
    ...await compare(asked.figures(), SECOND),
    answers: withPaths(asked.answers.values(), new Map([...paths, ...after])),
    killed: victim.id,
    deliveries,
    lateAnswer: { from: victimApp, ms: Math.round(late.ms), afterRestartMs }
  }
}

async function compare (combined: Figure[], columns: string[]): Promise<Omit<Question, 'answers'>> {
  const pooled = pool(await readAllRows(), 'species', columns)

  return { columns, combined, pooled, agree: agree(combined, pooled) }
}

/** Site id to how it is reached now */
async function pathsTo (client: AppClient): Promise<Map<string, string>> {
  return new Map((await client.sites()).map(site => [site.id, site.path ?? 'none']))
}

function tell (stage: Stage, answer: Answer, paths: Map<string, string>): void {
  if (answer.status === 'claimed') {
    stage.line(`${answer.from} works on it (${ms(answer.ms)})`)
  } else {
    stage.line(`${answer.from} answered after ${ms(answer.ms)} over a ${pathOf(answer.from, paths)} path`)
  }
}

function withPaths (answers: Iterable<Answer>, paths: Map<string, string>): Question['answers'] {
  return [...answers].map(({ from, ms }) => ({ from, ms: Math.round(ms), path: pathOf(from, paths) }))
}

function pathOf (app: string, paths: Map<string, string>): string {
  return paths.get(app.slice(app.indexOf('.') + 1)) ?? 'unknown'
}

function ms (value: number): string {
  return `${Math.round(value)} ms`
}
