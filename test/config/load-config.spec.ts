import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { FIELDS } from '../../src/config/fields.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { formatUnit, parseUnit } from '../../src/config/units.ts'
import { MAX_TEXT_BODY } from '../../src/tasks/limits.ts'
import type { LoadedConfig } from '../../src/config/index.ts'

describe('config: precedence', () => {
  let dir: string

  beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'beam-config-')) })
  afterEach(async () => { await rm(dir, { recursive: true }) })

  const file = async (text: string): Promise<void> => { await writeFile(join(dir, 'config.yaml'), text) }
  const load = async (env: NodeJS.ProcessEnv = {}, flags: Record<string, string | string[]> = {}): Promise<LoadedConfig> => loadConfig({ dir, env, flags })
  const refusal = async (env: NodeJS.ProcessEnv = {}, flags: Record<string, string | string[]> = {}): Promise<string> => {
    try {
      await load(env, flags)
    } catch (err: any) {
      expect(err).to.have.property('code', 'INVALID_INPUT')
      return err.message
    }

    throw new Error('was not refused')
  }

  it('uses defaults without a file', async () => {
    const { config, sources, file } = await load()

    expect(config).to.deep.include({ dir, workers: [] })
    expect(config.api).to.include({ host: '127.0.0.1', port: 8081, bodyLimit: 67_108_864, maxWait: 3_600_000 })
    expect(sources).to.include({ 'api.port': 'default', dir: 'flag' })
    expect(file).to.equal(undefined)
  })

  it('puts flags over environment over file over defaults', async () => {
    await file('api:\n  port: 1001\n  host: 0.0.0.0\n  maxPolls: 7\n')
    const { config, sources } = await load({ BEAM_NODE_API_PORT: '1002', BEAM_NODE_API_HOST: '10.0.0.1' }, { 'api.port': '1003' })

    expect(config.api).to.include({ port: 1003, host: '10.0.0.1', maxPolls: 7, maxWait: 3_600_000 })
    expect(sources).to.include({ 'api.port': 'flag', 'api.host': 'environment', 'api.maxPolls': 'file', 'api.maxWait': 'default' })
  })

  it('takes every field from the environment', async () => {
    const samples: Record<string, string> = { string: 'x', integer: '2000', list: '/ip4/127.0.0.1/tcp/1,/ip4/127.0.0.1/tcp/2', json: '[{"app":"w","capabilities":["a.b"]}]' }
    const choices: Record<string, string> = { 'network.reachable': 'yes', 'relay.enabled': 'no', 'mailbox.enabled': 'yes', 'dht.mode': 'client', 'log.level': 'debug', 'metrics.enabled': 'no', 'metrics.maxSites': '9', 'network.maxLinks': '9', 'network.proxy': 'http://user:secret@proxy.example:3128', 'tasks.maxRecipients': '9' }
    const env = Object.fromEntries(FIELDS.map(field => [field.env, choices[field.path] ?? samples[field.kind]]))
    const { sources, config } = await load(env)

    for (const field of FIELDS) {
      expect(sources).to.have.property(field.path, 'environment')
    }

    expect(config.network.listen).to.deep.equal(['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2'])
    expect(config.workers).to.deep.equal([{ app: 'w', capabilities: ['a.b'] }])
    expect(config.api.tls).to.deep.equal({ cert: 'x', key: 'x' })
  })

  it('reads sizes and durations as text', async () => {
    await file('api:\n  bodyLimit: 8MiB\n  maxWait: 90s\n')
    expect((await load()).config.api).to.include({ bodyLimit: 8_388_608, maxWait: 90_000 })
    expect((await load({ BEAM_NODE_API_MAX_WAIT: '2h' })).config.api.maxWait).to.equal(7_200_000)
    await file(`api:\n  bodyLimit: ${MAX_TEXT_BODY}\n`)
    expect((await load()).config.api).to.have.property('bodyLimit', MAX_TEXT_BODY)
    await file(`api:\n  bodyLimit: ${MAX_TEXT_BODY + 1}\n`)
    expect(await refusal(), 'more than JSON holds').to.match(/^api\.bodyLimit must be /)

    await file('api:\n  bodyLimit: 8 potatoes\n')
    expect(await refusal()).to.match(/^api\.bodyLimit must be .*"64MiB".*line 2\)$/)
  })

  it('names the nearest key and the line of an unknown one', async () => {
    await file('# comment\napi:\n  prot: 1\n')
    expect(await refusal()).to.match(/^api\.prot is not known; did you mean "api\.port"\? \(.*config\.yaml, line 3\)$/)
    await file('port: 1\n')
    expect(await refusal()).to.match(/did you mean "api\.port"\?/)
  })

  it('refuses unknown variables and flags with the nearest name', async () => {
    expect(await refusal({ BEAM_NODE_API_PROT: '1' })).to.match(/^BEAM_NODE_API_PROT is not known; did you mean "BEAM_NODE_API_PORT"/)
    expect(await refusal({}, { 'api.nothing': '1' })).to.match(/^api\.nothing is not a field/)
  })

  it('says each rule in its own words', async () => {
    const says = async (yaml: string): Promise<string> => {
      await file(yaml)
      const said = await refusal()

      return said.slice(0, said.indexOf(' (/'))
    }

    expect(await says('api:\n  port: 70000\n')).to.equal('api.port must be at most 65535')
    expect(await says('api:\n  port: x\n')).to.equal('api.port must be a whole number')
    expect(await says('api:\n  host: ""\n')).to.equal('api.host must not be empty')
    expect(await says('api:\n  hosts: x\n')).to.equal('api.hosts must be a list')
    expect(await says('api: 5\n')).to.equal('api must be a group of fields')
    expect(await says(`api:\n  hosts: [${'a,'.repeat(65)}]\n`)).to.equal('api.hosts must name at most 64')
    expect(await says('tasks:\n  maxRecipients: 0\n')).to.equal('tasks.maxRecipients must be at least 1')
    expect(await says('metrics:\n  enabled: perhaps\n')).to.equal('metrics.enabled must be one of yes, no')
  })

  it('says which source holds a bad value', async () => {
    expect(await refusal({ BEAM_NODE_API_PORT: '70000' })).to.match(/^api\.port must be at most 65535 \(BEAM_NODE_API_PORT in the environment\)$/)
    expect(await refusal({}, { 'api.port': 'x' })).to.match(/^--api-port must be a whole number, not "x"$/)
    expect(await refusal({}, { 'log.level': 'loud' })).to.match(/^log\.level must be one of debug, info.* \(flag --log-level\)$/)
    expect(await refusal({}, { 'network.listen': ['127.0.0.1:80'] })).to.match(/^network\.listen\.0 must be an address such as .* \(flag --listen\)$/)
    expect(await refusal({ BEAM_NODE_API_TLS_CERT: 'c.pem' })).to.match(/^api\.tls\.key is missing/)
  })

  it('refuses a file that is no mapping, no YAML or not there', async () => {
    await file('- 1\n')
    expect(await refusal()).to.match(/must be a mapping/)
    await file('api: {port: 1\n')
    expect(await refusal()).to.match(/no valid YAML/)
    await expect(loadConfig({ dir, env: {}, file: join(dir, 'none.yaml') })).to.eventually.be.rejected().with.property('code', 'NOT_FOUND')
  })

  it('refuses every unknown key, wherever it stands', async () => {
    const known = new Set([...FIELDS.flatMap(field => field.path.split('.'))])
    const key = fc.string({ minLength: 1, maxLength: 20 }).filter(text => !known.has(text))

    await fc.assert(fc.asyncProperty(key, fc.constantFrom([], ['api'], ['network'], ['tasks'], ['api', 'tls']), async (key, parents) => {
      let value: Record<string, unknown> = Object.fromEntries([[key, 1]])

      for (const parent of [...parents].reverse()) {
        value = { [parent]: value }
      }

      await file(stringify(value))
      expect(await refusal()).to.match(/is not known|is missing/)
    }), { numRuns: 150 })
  })

  it("takes Beam's own form of app keys", async () => {
    expect((await load({ APP_app1_KEY: 'App1Secret', APP_KEY: 'other', PATH: '/bin' })).envApps).to.deep.equal([{ name: 'app1', key: 'App1Secret' }])
    expect(await refusal({ APP_a_b_KEY: 'x' })).to.match(/^APP_a_b_KEY names no app/)
    expect(await refusal({ APP_app1_KEY: '' })).to.match(/^APP_app1_KEY must be a key/)
  })

  it('writes units so that they read back', () => {
    fc.assert(fc.property(fc.nat(), fc.constantFrom('bytes' as const, 'ms' as const), (value, unit) => {
      expect(parseUnit(formatUnit(value, unit), unit)).to.equal(value)
    }))
  })
})
