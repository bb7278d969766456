import { systemClock } from '../../../core/clock.ts'
import { worst } from '../../../doctor/run-checks.ts'
import { setOut } from '../../../doctor/walk/set-out.ts'
import { walk, wayOn } from '../../../doctor/walk/walk.ts'
import { printable } from '../../table.ts'
import type { Patient } from '../../../doctor/index.ts'
import type { Hop } from '../../../doctor/walk/index.ts'
import type { Io } from '../../io.ts'

/** `doctor --peer`: the way to one site; returns the worst level */
export async function walkTo (patient: Patient, site: string, io: Io): Promise<Hop['level']> {
  const journey = await setOut(patient, site, systemClock)
  const hops = await walk(journey, hop => { io.note(`${hop} …`) })
  const level = worst(hops)
  const first = wayOn(hops)

  io.result(
    { dir: patient.dir, running: patient.running != null, from: journey.peer.self, peer: journey.peer.site, ...(journey.peer.record == null ? {} : { record: journey.peer.record }), level, hops, ...(first == null ? {} : { first: first.check, mend: first.mend }) },
    [`the way from ${journey.peer.self} to ${journey.peer.site}`, '', ...hops.map(line), '', ending(hops, first)].join('\n')
  )

  return level
}

const WIDTH = 'membership session'.length

function line ({ outcome, level, check, found }: Hop): string {
  // what works and should be seen to is told from what simply works
  const word = outcome === 'ok' && level !== 'ok' ? level : outcome

  return `${word.padEnd(7)}  ${check.padEnd(WIDTH)}  ${printable(found)}`
}

function ending (hops: Hop[], first: Hop | undefined): string {
  const linked = hops.some(({ check, outcome }) => check === 'link' && outcome === 'ok')

  if (first == null) {
    return linked ? 'all the way' : 'nothing is wrong as far as it can be seen without the daemon'
  }

  return `${linked ? 'there is a link; beside that, ' : 'first of all: '}${first.check}\n→ ${printable(first.mend ?? 'see above')}`
}
