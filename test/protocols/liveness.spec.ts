import { expect } from 'aegir/chai'
import { CONTROL_TIMES } from '../../src/protocols/control/constants.ts'
import { Liveness } from '../../src/protocols/control/liveness.ts'
import { StubClock } from './helpers/stub-link.ts'
import type { LivenessInit } from '../../src/protocols/control/liveness.ts'

/** Of the stub clock, ms */
const STEP = 100

function watched (init: Partial<LivenessInit> = {}): { liveness: Liveness, clock: StubClock, seen: string[], pass(ms: number): void } {
  const clock = new StubClock()
  const seen: string[] = []
  const began = clock.time
  const note = (what: string): void => { seen.push(`${what} ${((clock.time - began) / 1_000).toFixed(1)}`) }
  const liveness: Liveness = new Liveness({
    clock,
    times: CONTROL_TIMES,
    greeted: () => true,
    paused: () => false,
    received: () => 0,
    rtt: () => 20,
    ping: () => {
      note('ping')
      liveness.pinged()
    },
    knock: () => { note('knock') },
    onDoubt: () => { note('doubt') },
    onSilent: (reason) => {
      note(`silent: ${reason}`)
      liveness.stop()
    },
    ...init
  })

  return {
    liveness,
    clock,
    seen,
    pass: (ms) => {
      for (let left = ms; left > 0; left -= STEP) {
        clock.pass(STEP)
      }
    }
  }
}

describe('whether a peer still lives', () => {
  it('is asked after three seconds without an answer, and it is given up after five more', () => {
    const { liveness, seen, pass } = watched()
    pass(1_000)
    liveness.asked()
    pass(9_000)
    expect(seen).to.deep.equal(['ping 4.2', 'knock 4.2', 'doubt 4.2', 'silent: no answer 9.2'])
  })

  it('an idle one is pinged every ten seconds, and given up within twenty', () => {
    const { liveness, seen, pass } = watched()
    liveness.pinged()
    liveness.heard()
    pass(9_000)
    expect(seen).to.deep.equal([])
    pass(11_000)
    expect(seen[0]).to.match(/^ping 1\d\.\d$/)
    expect(seen.at(-1)).to.match(/^silent: no answer 1[89]\.\d$/)
  })

  it('is not asked while answers come, nor when something comes on another stream', () => {
    let bytes = 0
    const { liveness, seen, pass } = watched({ received: () => bytes })

    for (let at = 0; at < 50; at++) {
      liveness.asked()
      pass(1_000)
      liveness.heard()
    }

    expect(seen.filter(line => !line.startsWith('ping'))).to.deep.equal([])
    seen.length = 0
    liveness.asked()

    for (let at = 0; at < 7; at++) {
      pass(1_000)
      bytes += 100
    }

    expect(seen.filter(line => !line.startsWith('ping'))).to.deep.equal([])
    pass(10_000)
    expect(seen.at(-1)).to.match(/^silent/)
  })

  it('is not doubted by a process that stood still itself, or does not read', () => {
    for (const paused of [false, true]) {
      const { liveness, clock, seen, pass } = watched({ paused: () => paused })
      liveness.asked()

      if (paused) {
        pass(20_000)
      } else {
        clock.pass(20_000)
        pass(3_000)
      }

      expect(seen.filter(line => line.startsWith('silent') || line.startsWith('doubt'))).to.deep.equal([])
    }
  })

  it('is asked quickly when it is probably gone: two seconds and four round trips', () => {
    for (const [rtt, least, most] of [[20, 2_000, 2_200], [300, 3_100, 3_300], [5_000, 4_400, 4_600]] as const) {
      const { liveness, seen, pass } = watched({ rtt: () => rtt })
      liveness.probe({ quick: true })
      // a second one does not give it more time
      pass(1_000)
      liveness.probe({ quick: true })
      pass(least - 1_000)
      expect(seen.filter(line => !line.startsWith('doubt'))).to.deep.equal(['ping 0.0', 'knock 0.0'])
      pass(most - least)
      expect(seen.at(-1)).to.match(/^silent: no answer/)
    }
  })

  it('leaves no timer behind', () => {
    const { liveness, clock } = watched()
    liveness.asked()
    liveness.probe()
    expect(clock.timers.size).to.equal(3)
    liveness.stop()
    expect(clock.timers.size).to.equal(0)
  })
})
