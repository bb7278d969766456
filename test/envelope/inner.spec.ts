import { expect } from 'aegir/chai'
import { decodeSmall, encodeSmall } from '../../src/envelope/decode.ts'
import { MAX_BODY, MAX_INNER, MAX_TTL } from '../../src/envelope/index.ts'
import { checkInner, decodeInner, encodeInner } from '../../src/envelope/inner.ts'
import { Inner } from '../../src/envelope/pb/envelope.ts'
import { alpha, beta, bytesOf, checkAt, fill, NETWORK, NOW, HOUR, resultInner, resultInput, sealAsBeta, taskInner } from './fixture.ts'
import { forge } from './forge.ts'
import { expectRefused } from './refused.ts'
import type { EnvelopeRefusal, InnerInput } from '../../src/envelope/index.ts'

const body = fill(7, 100)
const toBeta = { network: NETWORK, from: alpha.siteId, to: beta.siteId, expires: NOW + HOUR }
const toAlpha = { network: NETWORK, from: beta.siteId, to: alpha.siteId, expires: NOW + HOUR }

const brokenTasks: Array<[string, InnerInput, EnvelopeRefusal]> = [
  ['of an unknown kind', { kind: 4 }, 'unsupported'],
  ['of no kind', { kind: 0 }, 'unsupported'],
  ['from an app of another site', { from: `app1.gamma.${NETWORK}` }, 'inconsistent'],
  ['from an app of another network', { from: 'app1.alpha.other.example' }, 'inconsistent'],
  ['from a site', { from: alpha.siteId }, 'inconsistent'],
  ['from nobody', { from: '' }, 'inconsistent'],
  ['to nobody', { to: [] }, 'inconsistent'],
  ['to other sites only', { to: [`app3.gamma.${NETWORK}`] }, 'inconsistent'],
  ['to another network, too', { to: [`app2.beta.${NETWORK}`, 'app.site.other'] }, 'inconsistent'],
  ['to what is no id, too', { to: [`app2.beta.${NETWORK}`, ''] }, 'inconsistent'],
  ['to more than 1,024', { to: new Array(1_025).fill(`app2.beta.${NETWORK}`) }, 'too-large'],
  ['without an id', { taskId: '' }, 'inconsistent'],
  ['with an id that is no UUID', { taskId: 'x'.repeat(36) }, 'inconsistent'],
  ['with an id in capitals', { taskId: '70C0AA90-BFCF-4312-A6AF-42CBD57DC0B8' }, 'inconsistent'],
  ['created by another site', { creator: beta.siteId }, 'inconsistent'],
  ['created by nobody', { creator: '' }, 'inconsistent'],
  ['with metadata that is no JSON', { metadata: '"}, {' }, 'inconsistent'],
  ['with metadata beyond the limit', { metadata: JSON.stringify('x'.repeat(1_048_575)) }, 'too-large'],
  ['with metadata that is no text', { metadata: '"\ud800"' }, 'inconsistent'],
  ['with metadata nested deeper than strict parsers go', { metadata: `${'['.repeat(121)}${']'.repeat(121)}` }, 'inconsistent'],
  ['with metadata nested without end', { metadata: `${'['.repeat(500_000)}${']'.repeat(500_000)}` }, 'inconsistent'],
  ['with metadata of a number beyond every double', { metadata: '[1e999]' }, 'inconsistent'],
  ['with metadata that spells half a character', { metadata: '{"\\ud800":1}' }, 'inconsistent'],
  ['with a failure strategy that nobody knows', { failureStrategy: '{"explode":true}' }, 'inconsistent'],
  ['with a failure strategy without counts', { failureStrategy: '{"retry":{"backoff_millisecs":"1","max_tries":-1}}' }, 'inconsistent'],
  ['with a failure strategy that is no JSON', { failureStrategy: 'discard' }, 'inconsistent'],
  ['with a failure strategy beyond the limit', { failureStrategy: JSON.stringify('x'.repeat(4_096)) }, 'too-large'],
  ['without a ttl', { ttl: '' }, 'inconsistent'],
  ['with a ttl beyond the limit', { ttl: '1'.repeat(257) }, 'too-large'],
  ['that expires when its envelope does not', { expires: NOW }, 'inconsistent'],
  ['created after it expires', { created: NOW + HOUR + 1 }, 'inconsistent'],
  ['that lives longer than any', { created: NOW + HOUR - MAX_TTL - 1 }, 'inconsistent'],
  ['with a body beyond the limit', { bodySize: MAX_BODY + 1 }, 'too-large'],
  ['with a revision beyond 2^53', { revision: 2 ** 53 }, 'inconsistent'],
  ['with a short hash of the body', { bodySha256: fill(1, 31) }, 'inconsistent'],
  ['with a long actor', { actor: 'x'.repeat(1_025) }, 'too-large'],
  ['with a long organization', { organization: 'x'.repeat(1_025) }, 'too-large'],
  ['with a long collaboration', { collaboration: 'x'.repeat(1_025) }, 'too-large'],
  ['with a long parent', { parent: 'x'.repeat(1_025) }, 'too-large'],
  ['with a long job', { job: 'x'.repeat(1_025) }, 'too-large']
]

const brokenCancels: Array<[string, InnerInput, EnvelopeRefusal]> = [
  ['from an app of another site', { from: `app1.gamma.${NETWORK}` }, 'inconsistent'],
  ['to other sites only', { to: [`app3.gamma.${NETWORK}`] }, 'inconsistent'],
  ['of a task that another site created', { creator: beta.siteId }, 'inconsistent'],
  ['that expires with another envelope', { expires: NOW }, 'inconsistent'],
  ['with a body', { bodySize: 1 }, 'inconsistent']
]

const brokenResults: Array<[string, InnerInput, EnvelopeRefusal]> = [
  ['for a site that did not create the task', { creator: beta.siteId }, 'inconsistent'],
  ['from an app of another site', { from: `app3.gamma.${NETWORK}` }, 'inconsistent'],
  ['to what is no id', { to: ['app1'] }, 'inconsistent'],
  ['without a status', { status: '' }, 'inconsistent'],
  ['with an unknown status', { status: 'failed' }, 'inconsistent'],
  ['with a short hash of what it answers', { answers: fill(1, 31) }, 'inconsistent'],
  ['with metadata that is no JSON', { metadata: '' }, 'inconsistent']
]

describe('inner', () => {
  it('carries a task and a result, with everything at its longest', () => {
    const to = new Array(1_024).fill(`app2.beta.${NETWORK}`)
    const reference = 'x'.repeat(1_024)
    const large = taskInner(body, { to, metadata: JSON.stringify('x'.repeat(1_048_574)), actor: reference, organization: reference, collaboration: reference, parent: reference, job: reference })

    expect(decodeInner(encodeInner(large, toBeta))).to.deep.include(large)
    expect(decodeInner(encodeInner(taskInner(body, { created: NOW + HOUR - MAX_TTL }), toBeta)).taskId).to.be.a('string')
    expect(decodeInner(encodeInner(resultInner(body), toAlpha))).to.deep.include(resultInner(body))
  })

  it('lets a result be meant for nobody, as Beam does, and answer what never crossed the network', () => {
    expect(decodeInner(encodeInner(resultInner(body, { to: [], answers: undefined }), toAlpha))).to.deep.include({ to: [], answers: new Uint8Array(0) })
  })

  for (const [kind, cases, inner, label] of [
    ['task', brokenTasks, taskInner(body), toBeta],
    ['result', brokenResults, resultInner(body), toAlpha],
    ['cancel', brokenCancels, { ...taskInner(new Uint8Array(0)), kind: 3, ttl: '', failureStrategy: '' }, toBeta]
  ] as const) {
    describe(`of a ${kind} is refused`, () => {
      for (const [name, change, code] of cases) {
        it(name, async () => {
          await expectRefused(() => { checkInner({ ...decodeInner(new Uint8Array(0)), ...inner, ...change } as Inner, label) }, code, 'for-good')
          await expectRefused(() => encodeInner({ ...inner, ...change }, label), code)
        })
      }
    })
  }

  it('reaches no app when a member sends it', async () => {
    for (const [, change] of brokenTasks.filter(([, change]) => change.revision == null)) {
      const inner = Inner.encode({ ...taskInner(body), ...change } as Inner)
      const { head, chunks } = await forge({ inner, body })

      if (chunks.length === 1 && chunks[0].byteLength <= 131_072) {
        const error = await checkAt(beta).small(decodeSmall(encodeSmall(head, chunks[0])), { via: alpha.siteId, now: NOW }).then(() => undefined, (error) => error)
        expect(error, JSON.stringify(change)).to.have.property('reply', 'for-good')
      }
    }
  })

  it('travels back as a result', async () => {
    const sealed = await sealAsBeta(resultInput(bytesOf(50)))
    const outcome = await checkAt(alpha).small(decodeSmall(encodeSmall(sealed.head, await sealed.chunk(0))), { via: beta.siteId, now: NOW })

    expect(outcome).to.have.nested.property('opened.inner.status', 'succeeded')
    expect(outcome).to.have.deep.nested.property('opened.inner.answers', fill(9))
  })

  it('ignores fields that it does not know: they are how it grows', async () => {
    const inner = Buffer.concat([Inner.encode(taskInner(body) as Inner), Buffer.from([30 << 3 & 0x7f | 0x80 | 2, 30 << 3 >> 7, 3, 1, 2, 3])])
    const { small } = await forge({ inner, body })

    expect(await checkAt(beta).small(decodeSmall(small), { via: alpha.siteId, now: NOW })).to.have.nested.property('opened.inner.creator', alpha.siteId)
  })

  it('with hundreds of thousands of empty elements is refused at once', async () => {
    // empty recipients, empty numbers, unknown fields: two bytes each
    for (const tag of [0x1a, 0x08, 0x72, 0xfa]) {
      const bomb = new Uint8Array(MAX_INNER)

      for (let i = 0; i < bomb.byteLength; i += 2) {
        bomb[i] = tag
      }

      const start = performance.now()

      for (let i = 0; i < 20; i++) {
        await expectRefused(() => decodeInner(bomb), 'malformed', 'for-good')
      }

      expect(performance.now() - start).to.be.below(500)
    }
  })

  it('is refused beyond its limit, and when it does not decode', async () => {
    await expectRefused(() => decodeInner(new Uint8Array(MAX_INNER + 1)), 'too-large', 'for-good')
    await expectRefused(() => decodeInner(Uint8Array.of(0x0a, 5, 1)), 'malformed', 'for-good')
    await expectRefused(() => decodeInner(Uint8Array.of(0x0b, 0x0c)), 'malformed', 'for-good')
  })
})
