import { expect } from 'aegir/chai'
import { WorkersAnswer, WorkersQuestion } from '../../src/protocols/control/pb/control.ts'
import { ANSWER_TIMEOUT, ASKS_AT_ONCE, FIND_TIMEOUT, FOUND_GRACE, KNOWN_FRESH, KNOWN_GRACE } from '../../src/workers/limits.ts'
import { NEVER, World } from '../tasks/kit/world.ts'
import type { Directory } from '../../src/network/index.ts'
import type { Answer } from '../../src/protocols/control/pb/control.ts'
import type { SimSite } from '../simulation/kit/sim-site.ts'

/** A directory of all sites together that believes everything and forgets nothing unless told */
class SharedDirectory {
  readonly names = new Map<string, Set<string>>()
  readonly log: string[] = []
  fails = 0
  hangs = false

  async * #find (name: string): AsyncGenerator<string> {
    if (this.hangs) {
      await new Promise(() => {})
    }

    yield * [...this.names.get(name) ?? []]
  }

  of (site: string): Directory {
    const { names, log } = this

    return {
      provide: async (name) => {
        if (this.fails-- > 0) {
          return false
        }

        log.push(`${site} provides ${name}`)
        names.set(name, new Set([...names.get(name) ?? [], site]))

        return true
      },
      withdraw: async (name) => {
        log.push(`${site} withdraws ${name}`)
        names.get(name)?.delete(site)
      },
      find: (name) => this.#find(name)
    }
  }
}

describe('workers', () => {
  let world: World
  let directory: SharedDirectory

  beforeEach(async () => {
    world = new World()
    directory = new SharedDirectory()

    for (const name of ['a', 'b', 'c']) {
      await world.add(name, { directory: directory.of(`${name}.net`) })
    }
  })
  afterEach(async () => { await world.close() })

  function found (site: SimSite, capability: string, signal: AbortSignal = NEVER): Promise<{ workers: Array<{ app: string }>, confirmed: string[] }> {
    return world.run(site.workers.find(capability, signal))
  }

  it('finds who announced a capability, over the directory and without any link before', async () => {
    const { a, b, c } = world.sites
    await world.run(b.workers.announce('w.b.net', ['penguins', 'other'], 60_000))
    await world.run(c.workers.announce('w.c.net', ['penguins'], 60_000))
    await world.run(a.workers.announce('w.a.net', ['other'], 60_000))
    await world.settle()
    const { workers, confirmed } = await found(a, 'penguins')

    expect(workers.map(({ app }) => app)).to.deep.equal(['w.b.net', 'w.c.net'])
    expect(confirmed).to.deep.equal(['a.net', 'b.net', 'c.net'])
  })

  it('asks linked sites although the directory does not know yet', async () => {
    const { a, b } = world.sites
    world.network.connectAll()
    await world.run(b.workers.announce('w.b.net', ['penguins'], 60_000))
    directory.names.clear()

    expect(await found(a, 'penguins')).to.have.nested.property('workers[0].app', 'w.b.net')
  })

  it('includes its own apps', async () => {
    const { a } = world.sites
    await world.run(a.workers.announce('w.a.net', ['penguins'], 60_000))
    const { workers, confirmed } = await found(a, 'penguins')

    expect(workers).to.have.length(1)
    expect(confirmed).to.deep.equal(['a.net'])
  })

  it('does not believe a directory that lies or is stale: a delay, never a wrong answer', async () => {
    const { a, b, c } = world.sites
    await world.run(b.workers.announce('w.b.net', ['penguins'], 60_000))
    await world.settle()
    c.kill()
    directory.names.set('cap/penguins', new Set(['b.net', 'c.net', 'nobody.net', 'a.net']))
    const begin = world.clock.monotonic()
    const { workers, confirmed } = await found(a, 'penguins')

    expect(workers.map(({ app }) => app)).to.deep.equal(['w.b.net'])
    expect(confirmed).to.deep.equal(['a.net', 'b.net'])
    // not what a site that is off may take to answer
    expect(world.clock.monotonic() - begin).to.be.below(FOUND_GRACE + 100).and.below(ANSWER_TIMEOUT)

    await world.run(b.workers.withdraw('w.b.net'))
    directory.names.set('cap/penguins', new Set(['b.net']))
    expect(await found(a, 'penguins')).to.have.property('workers').that.is.empty()
  })

  it('asks whom it knows without the directory, and names nobody from memory', async () => {
    const { a, b, c } = world.sites
    world.network.connectAll()
    await world.run(b.workers.announce('w.b.net', ['penguins'], 600_000))
    expect(await found(a, 'penguins')).to.have.property('workers').with.length(1)
    const begin = world.clock.monotonic()
    // a directory that never answers costs nothing now
    directory.hangs = true
    expect(await found(a, 'penguins')).to.have.nested.property('workers[0].app', 'w.b.net')
    expect(world.clock.monotonic() - begin).to.be.below(20)

    await world.run(b.workers.announce('v.b.net', ['penguins'], 5_000))
    expect(await found(a, 'penguins')).to.have.property('workers').with.length(2)
    await world.settle(5_001)
    expect(await found(a, 'penguins')).to.have.property('workers').with.length(1)

    // it stopped working there: the directory is asked who else does
    directory.hangs = false
    await world.run(b.workers.withdraw('w.b.net'))
    await world.run(c.workers.announce('w.c.net', ['penguins'], 600_000))
    await world.settle()
    expect((await found(a, 'penguins')).workers.map(({ app }) => app)).to.deep.equal(['w.c.net'])
  })

  it('is not held up by a linked site that says nothing, once those it knows have answered', async () => {
    const { a, b, c } = world.sites
    world.network.connectAll()
    await world.run(b.workers.announce('w.b.net', ['penguins'], 600_000))
    await found(a, 'penguins')
    c.links.send = () => true
    const begin = world.clock.monotonic()
    expect(await found(a, 'penguins')).to.have.nested.property('workers[0].app', 'w.b.net')
    expect(world.clock.monotonic() - begin).to.be.below(KNOWN_GRACE + 20)
  })

  it('searches the directory beside such an answer, so that newcomers are found', async () => {
    const { a, b, c } = world.sites
    await world.run(b.workers.announce('w.b.net', ['penguins'], 600_000))
    await world.settle()
    await found(a, 'penguins')
    await world.run(c.workers.announce('w.c.net', ['penguins'], 600_000))
    await world.settle(KNOWN_FRESH)
    await found(a, 'penguins')
    await world.settle(FIND_TIMEOUT)
    expect((await found(a, 'penguins')).workers.map(({ app }) => app)).to.deep.equal(['w.b.net', 'w.c.net'])
  })

  it('forgets a lease that ran out, and the directory\'s name with it', async () => {
    const { a, b } = world.sites
    world.network.connectAll()
    await world.run(b.workers.announce('w.b.net', ['penguins'], 5_000))
    expect(await found(a, 'penguins')).to.have.property('workers').with.length(1)
    await world.settle(5_001)

    expect(await found(a, 'penguins')).to.have.property('workers').that.is.empty()
    expect(directory.log).to.deep.equal(['b.net provides cap/penguins', 'b.net withdraws cap/penguins'])
  })

  it('withdraws a name when the last app that serves it goes', async () => {
    const { b } = world.sites
    await world.run(b.workers.announce('v.b.net', ['penguins'], 60_000))
    await world.run(b.workers.announce('w.b.net', ['penguins', 'x'], 60_000))
    await world.run(b.workers.announce('v.b.net', [], 60_000))
    await world.settle()
    expect(directory.names.get('cap/penguins')).to.deep.equal(new Set(['b.net']))
    expect(await world.run(b.workers.withdraw('w.b.net'))).to.equal(true)
    expect(await world.run(b.workers.withdraw('w.b.net'))).to.equal(false)
    await world.settle()
    expect(directory.names.get('cap/penguins')).to.deep.equal(new Set())
  })

  it('keeps leases over a restart', async () => {
    const { a, b } = world.sites
    await world.run(b.workers.announce('w.b.net', ['penguins'], 60_000))
    b.kill()
    await world.run(b.start())
    world.network.connectAll()

    expect(await found(a, 'penguins')).to.have.nested.property('workers[0].app', 'w.b.net')
  })

  it('announces what the configuration declares, as long as the daemon runs', async () => {
    const site = await world.add('d', { directory: directory.of('d.net'), workers: [{ app: 'w', capabilities: ['penguins'] }] })
    await world.settle(2_000_000)
    const { workers } = await found(world.sites.a, 'penguins')

    expect(workers.map(({ app }) => app)).to.deep.equal(['w.d.net'])
    await world.run(site.stop())
    expect(directory.names.get('cap/penguins')).to.deep.equal(new Set())
    expect(await found(world.sites.a, 'penguins')).to.have.property('workers').that.is.empty()
  })

  it('announces only what the admission allows, and names what it does not', async () => {
    const { b } = world.sites
    world.membership.patterns('b.net', ['count/*', 'mean'])
    await expect(world.run(b.workers.announce('w.b.net', ['count/x', 'mean', 'genomes'], 60_000))).to.eventually.be.rejected
      .with.property('message').that.matches(/"genomes".*count\/\* mean/)
    expect(await world.run(b.workers.local())).to.be.empty()
    await world.run(b.workers.announce('w.b.net', ['count/x', 'mean'], 60_000))
    expect(await world.run(b.workers.local('count/x'))).to.have.length(1)

    // a renewed admission allows less
    world.membership.patterns('b.net', ['mean'])
    world.network.connectAll()
    await world.settle()
    expect(await found(world.sites.a, 'count/x')).to.have.property('workers').that.is.empty()
    expect(directory.names.get('cap/count/x')).to.deep.equal(new Set())
  })

  it('does not believe what a site says about others or beyond its admission', async () => {
    const { a, b } = world.sites
    world.membership.patterns('b.net', ['penguins'])
    world.network.connectAll()
    const send = b.links.send.bind(b.links)
    b.links.send = (site, frame) => send(site, frame.answer == null
      ? frame
      : {
          answer: {
            ...frame.answer as Answer,
            body: WorkersAnswer.encode({
              workers: [
                { app: 'w.b.net', capabilities: ['penguins', 'genomes'], until: 9e15 },
                { app: 'w.c.net', capabilities: ['penguins'], until: 9e15 },
                { app: 'b.net', capabilities: ['penguins'], until: 9e15 },
                { app: 'v.b.net', capabilities: ['genomes'], until: 9e15 }
              ]
            })
          }
        })
    const { workers } = await found(a, 'penguins')

    expect(workers).to.have.length(1)
    expect(workers[0]).to.deep.include({ app: 'w.b.net', capabilities: ['penguins'] }).and.to.have.property('until').that.is.at.most(world.clock.now() + 86_400_000)
  })

  it('takes an answer only from the site that was asked', async () => {
    const { a, c } = world.sites
    world.network.connectAll()
    directory.names.set('cap/penguins', new Set(['b.net']))
    world.sites.b.links.send = () => true
    // c guesses the number of the question
    const lie = { answer: { id: 1, code: 0, body: WorkersAnswer.encode({ workers: [{ app: 'w.b.net', capabilities: ['penguins'], until: 9e15 }] }) } }
    world.clock.setTimeout(() => { c.links.send('a.net', lie) }, 1)
    const { workers, confirmed } = await found(a, 'penguins')

    expect(workers).to.be.empty()
    expect(confirmed).to.not.include('b.net')
  })

  it('answers each site so many questions and no more', async () => {
    const { b } = world.sites
    world.network.connectAll()
    const codes: number[] = []
    world.sites.a.links.frames.subscribe(({ frame }) => {
      if (frame.answer != null) {
        codes.push(frame.answer.code)
      }
    })

    for (let i = 0; i < ASKS_AT_ONCE + 50; i++) {
      world.network.send('a.net', 'b.net', { ask: { id: i, kind: 1, body: WorkersQuestion.encode({ capability: 'penguins' }) } })
    }

    await world.settle(10)
    expect(codes.filter((code) => code === 0)).to.have.length(ASKS_AT_ONCE)
    expect(codes.filter((code) => code === 3)).to.have.length(50)
    expect(b.links.undone).to.equal(0)
  })

  it('answers a question that is none with a code', async () => {
    world.network.connectAll()
    const codes: number[] = []
    world.sites.a.links.frames.subscribe(({ frame }) => { codes.push(frame.answer?.code ?? -1) })
    world.network.send('a.net', 'b.net', { ask: { id: 1, kind: 9, body: new Uint8Array(0) } })
    world.network.send('a.net', 'b.net', { ask: { id: 2, kind: 1, body: new Uint8Array([255, 255]) } })
    world.network.send('a.net', 'b.net', { ask: { id: 3, kind: 1, body: WorkersQuestion.encode({ capability: 'has space' }) } })
    await world.settle(10)

    expect(codes).to.deep.equal([1, 2, 2])
  })

  it('refuses names, numbers and leases that break a rule', async () => {
    const { a } = world.sites

    for (const [field, capabilities, lease] of [
      ['capabilities[1]', ['fine', 'not fine'], 60_000],
      ['capabilities[0]', ['x'.repeat(129)], 60_000],
      ['capabilities', Array.from({ length: 65 }, (_, i) => `c${i}`), 60_000],
      ['lease', ['fine'], 10],
      ['lease', ['fine'], 86_400_001]
    ] as const) {
      await expect(world.run(a.workers.announce('w.a.net', [...capabilities], lease)), field).to.eventually.be.rejected.with.property('field', field)
    }

    await expect(found(a, '')).to.eventually.be.rejected.with.property('field', 'capability')
  })

  it('asks the directory again when it did not take a name up', async () => {
    directory.fails = 3
    await world.run(world.sites.b.workers.announce('w.b.net', ['penguins'], 600_000))
    await world.settle(60_000)

    expect(directory.log).to.deep.equal(['b.net provides cap/penguins'])
  })

  it('waits no longer than its time for a directory that does not answer, and ends when the client leaves', async () => {
    const silent: Directory = {
      provide: async () => new Promise(() => {}),
      withdraw: async () => {},
      async * find () { yield await new Promise<string>(() => {}) }
    }
    const d = await world.add('d', { directory: silent })
    world.network.connectAll()
    await world.run(world.sites.b.workers.announce('w.b.net', ['penguins'], 600_000))
    const begin = world.clock.monotonic()
    expect(await found(d, 'penguins')).to.have.property('workers').with.length(1)
    expect(world.clock.monotonic() - begin).to.be.below(FOUND_GRACE + 50)
    expect(await found(d, 'nothing')).to.have.property('workers').that.is.empty()
    const abort = new AbortController()
    world.clock.setTimeout(() => { abort.abort() }, 10)
    const again = world.clock.monotonic()
    await found(d, 'nothing', abort.signal)
    expect(world.clock.monotonic() - again).to.equal(10)
  })
})
