import { expect } from 'aegir/chai'
import { createVerificationBudget } from '../../src/envelope/budget.ts'

describe('verification budget', () => {
  it('allows a burst of failures, then as many a second as its rate', () => {
    const budget = createVerificationBudget()
    let failures = 0

    for (let ms = 0; ms < 10_000; ms++) {
      if (budget.allows('x.net', ms)) {
        budget.failed('x.net', ms)
        failures++
      }
    }

    expect(failures).to.be.within(100 + 198, 100 + 200)
  })

  it('never limits who does not fail', () => {
    const budget = createVerificationBudget({ burst: 1 })

    for (let i = 0; i < 10_000; i++) {
      expect(budget.allows('x.net', 0)).to.be.true()
    }
  })

  it('keeps peers apart', () => {
    const budget = createVerificationBudget({ burst: 1 })
    budget.failed('x.net', 0)

    expect(budget.allows('x.net', 0)).to.be.false()
    expect(budget.allows('y.net', 0)).to.be.true()
  })

  it('makes the pause longer for failures that were under way, within a bound', () => {
    const budget = createVerificationBudget({ rate: 20, burst: 100, maxDebt: 400 })

    for (let i = 0; i < 10_000; i++) {
      budget.failed('x.net', 0)
    }

    expect(budget.allows('x.net', 20_000)).to.be.false()
    expect(budget.allows('x.net', 20_050)).to.be.true()
  })

  it('gives nothing for a clock that was set back', () => {
    const budget = createVerificationBudget({ rate: 1, burst: 1 })
    budget.failed('x.net', 10_000)

    expect(budget.allows('x.net', 5_000)).to.be.false()
    expect(budget.allows('x.net', 5_500)).to.be.false()
    expect(budget.allows('x.net', 6_000)).to.be.true()
  })
})
