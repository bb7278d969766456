import { expect } from 'aegir/chai'
import fc from 'fast-check'
import { MAX_DURATION_TEXT, parseDuration } from '../../src/core/durations.ts'
import type { DurationUnit } from '../../src/core/durations.ts'

const MS: Record<DurationUnit, number> = { ns: 1e-6, Ms: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const units = Object.keys(MS) as DurationUnit[]

describe('durations', () => {
  it('reads what Beam reads', () => {
    const table: Array<[string, DurationUnit, number]> = [
      ['10', 's', 10_000], ['30', 'ms', 30], ['10s', 'ms', 10_000], ['0', 's', 0],
      ['2e3', 's', 2_000_000], ['2E3ms', 's', 2_000], ['+5s', 's', 5_000], ['.5', 's', 500], ['3.', 's', 3_000], ['1.5h', 's', 5_400_000],
      ['100Ms', 's', 0.1], ['1ns', 's', 0.000001], ['1m', 's', 60_000], ['1d', 's', 86_400_000], ['2w', 's', 1_209_600_000],
      ['25e-1', 's', 2_500], ['0.1e+1s', 's', 1_000], ['0.29', 's', 290], ['0.57s', 's', 570], ['1.005', 's', 1_005], ['0e32767', 's', 0]
    ]

    for (const [text, unit, ms] of table) {
      expect(parseDuration(text, unit), text).to.equal(ms)
    }
  })

  it('saturates what is longer than Beam can hold', () => {
    for (const text of ['inf', 'INF', 'infinity', 'Infinity', '+inf', '1e30', '99999999999999999999999w', '1e32767', '18446744073709551617']) {
      expect(parseDuration(text, 's'), text).to.equal(Infinity)
    }
  })

  it('refuses everything else', () => {
    for (const text of [
      '', ' ', '.', '+', '-1', '-1s', '-inf', '1 s', ' 1', '1s ', '1 ', 's', 'ms', '1M', '1y', '1S', '1sec', '1us', 'e3', '1e', '1e+', '1.2.3', '1,5',
      '0x10', '1_000', 'NaN', 'infs', '1s1s', '1m30s', '1e32768', '1e-32769', '１', '1'.repeat(MAX_DURATION_TEXT + 1)
    ]) {
      expect(parseDuration(text, 's'), JSON.stringify(text)).to.equal(undefined)
    }
  })

  it('agrees with exact arithmetic for any number and unit', () => {
    fc.assert(fc.property(fc.nat(1_000_000_000), fc.nat(999), fc.constantFrom(...units), fc.constantFrom(...units), (whole, thousandths, unit, other) => {
      const text = `${whole}.${String(thousandths).padStart(3, '0')}`
      const ns = (BigInt(whole) * 1_000n + BigInt(thousandths)) * BigInt(Math.round(MS[unit] * 1e6)) / 1_000n

      expect(parseDuration(text + unit, other)).to.equal(Number(ns) / 1e6)
      expect(parseDuration(text, unit)).to.equal(parseDuration(text + unit, other))
    }))
  })

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+-]?[0-9.]{0,50}[eE]?[+-]?[0-9]{0,6}[nmsMhdwif]{0,4}$/)), (text) => {
      const value = parseDuration(text, 's')

      expect(value === undefined || value >= 0).to.equal(true)
    }), { numRuns: 2_000 })
  })
})
