import { readFile } from 'node:fs/promises'
import { expect } from 'aegir/chai'
import { parse } from 'yaml'
import { startMetered } from './kit.ts'
import type { Metered } from './kit.ts'

const read = async (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Every metric that an expression of PromQL names: ours and those of the process */
const named = (expression: string): string[] => expression.match(/\b(?:beam|process|nodejs)_[a-z0-9_]+/g) ?? []

/** What a scrape offers under the name of a histogram */
const series = ({ name, type }: { name: string, type: string }): string[] => type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]

interface Exported { name: string, type: string, help: string }

interface Rule { alert: string, expr: string, labels: { severity: string }, annotations: { summary: string } }

describe('metrics: dashboard, alerts and documentation', () => {
  let metered: Metered
  let exported: Exported[]
  let names: Set<string>
  let rules: Rule[]

  const unknown = (used: string[]): string[] => used.filter(name => !names.has(name))

  before(async () => {
    metered = await startMetered()
    const text = await metered.text()
    const help = new Map([...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(([, name, help]) => [name, help]))
    exported = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({ name, type, help: help.get(name) ?? '' }))
    names = new Set(exported.flatMap(series))
    rules = parse(await read('config/prometheus-alerts.yml')).groups.flatMap(({ rules }: { rules: Rule[] }) => rules)
  })

  after(async () => { await metered.end() })

  it('shows only metrics that are exported', async () => {
    const dashboard = JSON.parse(await read('config/grafana-dashboard.json'))
    const expressions = [
      ...dashboard.panels.flatMap(({ targets }: { targets: Array<{ expr: string }> }) => targets.map(({ expr }) => expr)),
      ...dashboard.templating.list.map(({ query }: { query: string | { query: string } }) => typeof query === 'string' ? query : query.query)
    ] as string[]
    const used = expressions.flatMap(named)

    expect(used.length).to.be.above(30)
    expect(unknown(used)).to.deep.equal([])
    expect(new Set(dashboard.panels.map(({ id }: { id: number }) => id)).size).to.equal(dashboard.panels.length)
  })

  it('alerts only on metrics that are exported', () => {
    expect(rules.length).to.be.above(15)

    for (const { alert, expr, labels, annotations } of rules) {
      expect(alert).to.match(/^BeamNode[A-Z]/)
      expect(labels.severity, alert).to.be.oneOf(['critical', 'warning'])
      expect(annotations.summary, alert).to.be.a('string')
      expect(unknown(named(expr)), alert).to.deep.equal([])
      expect(alert === 'BeamNodeDown' ? ['up'] : named(expr), alert).to.not.be.empty()
    }
  })

  it('documents every metric of its own, with its type and help, and every alert', async () => {
    const text = await read('docs/metrics.md')

    for (const { name, type, help } of exported.filter(({ name }) => name.startsWith('beam_'))) {
      expect(text).to.include(`| \`${name}\` | ${type} |`)
      expect(text, name).to.include(help)
    }

    for (const { alert } of rules) {
      expect(text).to.include(`\`${alert}\``)
    }

    expect([...text.matchAll(/`(beam_[a-z_]+)`/g)].map(([, name]) => name).filter(name => !exported.some(metric => metric.name === name))).to.deep.equal([])
  })

  it('names units as Prometheus wants them: counters end with _total, times are seconds, sizes bytes', () => {
    for (const { name, type } of exported.filter(({ name }) => name.startsWith('beam_'))) {
      expect(name.endsWith('_total'), name).to.equal(type === 'counter')
      expect(name).to.not.match(/_(ms|millis|milliseconds|kib|mib|kb|mb)\b/)
    }
  })
})
