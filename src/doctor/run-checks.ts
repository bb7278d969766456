import { LEVELS } from './index.ts'
import type { Check, Finding, Level, Patient } from './index.ts'

/** One after the other, so that a measurement is not disturbed; a check that fails is a finding, too */
export async function runChecks (checks: Check[], patient: Patient, onStart: (name: string) => void): Promise<Finding[]> {
  const findings: Finding[] = []

  for (const { name, run } of checks) {
    onStart(name)

    try {
      findings.push(...(await run(patient)).map(finding => ({ check: name, ...finding })))
    } catch (err) {
      findings.push({ check: name, level: 'error', found: `could not be looked at: ${(err as Error).message}` })
    }
  }

  return findings
}

export function worst (findings: Finding[]): Level {
  return LEVELS[Math.max(0, ...findings.map(({ level }) => LEVELS.indexOf(level)))]
}
