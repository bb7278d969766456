import { dataDir } from '../../../config/load-config.ts'
import { systemClock } from '../../../core/clock.ts'
import { CHECKS } from '../../../doctor/checks/index.ts'
import { examine } from '../../../doctor/examine.ts'
import { runChecks, worst } from '../../../doctor/run-checks.ts'
import { checkNode, NEEDED } from '../../check-node.js'
import { DOCTOR_ERRORS, DOCTOR_WARNINGS } from '../../exit-codes.ts'
import { textOption } from '../../input.ts'
import { printable } from '../../table.ts'
import { walkTo } from './walk.ts'
import type { Finding, Patient } from '../../../doctor/index.ts'
import type { Handler } from '../../command.ts'

const EXIT = { ok: 0, notice: 0, warning: DOCTOR_WARNINGS, error: DOCTOR_ERRORS }

export const handler: Handler = async (input, io) => {
  const { dir } = dataDir(input.dir, input.env)
  const peer = textOption(input.options, 'peer')
  io.note(`looking at ${dir} …`)
  const patient = await examine({ dir, file: input.file, env: input.env, clock: systemClock, node: ownNode() })

  if (peer != null) {
    return EXIT[await walkTo(patient, peer, io)]
  }

  const findings = await runChecks(CHECKS, patient, name => { io.note(`checking ${name} …`) })
  const level = worst(findings)

  io.result({ dir, running: patient.running != null, level, findings }, `${findings.map(line).join('\n')}\n\n${summary(findings)}`)

  return EXIT[level]
}

function ownNode (): Patient['node'] {
  const { node } = process.versions

  return { version: node, needed: NEEDED.join('.'), fits: checkNode(node) == null }
}

function line ({ level, check, found, mend }: Finding): string {
  return `${level.padEnd(7)}  ${check}: ${printable(found)}${mend == null ? '' : `\n         → ${printable(mend)}`}`
}

function summary (findings: Finding[]): string {
  const count = (level: Finding['level']): number => findings.filter(finding => finding.level === level).length

  return worst(findings) === 'ok' ? 'all is well' : `${count('error')} errors, ${count('warning')} warnings, ${count('notice')} notices`
}
