/** Whole daemons over real libp2p: what was sent to a site that is off arrives, though its sender is off by then. */
import { expect } from 'aegir/chai'
import { eventually, Fleet } from './kit.ts'
import type { Daemon } from './kit.ts'

describe('mail for a site that is off', () => {
  let fleet: Fleet | undefined
  let keeper: Daemon
  let sender: Daemon
  let recipient: Daemon

  beforeEach(async () => {
    const built = await Fleet.of([{ mailbox: { enabled: 'yes' } }, {}, {}])
    fleet = built.fleet
    keeper = built.daemons[0]
    sender = built.daemons[1]
    recipient = built.daemons[2]
  })

  afterEach(async () => {
    await fleet?.close()
  })

  const kept = async (): Promise<number> => (await keeper.mailbox.figures()).envelopes

  it('arrives when its sender is off, is answered, and the answer waits until the sender is back', async () => {
    await recipient.stop()
    const task = await sender.ask([recipient], 'are you there?')
    await eventually(async () => await kept() === 1, 'the task is at the keeper')
    await eventually(async () => (await sender.tasks.waiting(10))[0].mailed != null, 'the sender wrote down who keeps it')
    expect((await sender.tasks.waiting(10))[0]).to.deep.include({ state: 'queued', mailed: [keeper.id] })
    expect(await sender.tasks.deliveries(task.from, task.id)).to.have.nested.property('deliveries[0]').that.deep.includes({ state: 'queued', mailed: [keeper.id] })
    await sender.stop()

    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 1, 'the task arrives')
    expect((await recipient.todo())[0].body).to.equal('are you there?')
    await eventually(async () => await kept() === 0, 'the recipient signed for it')

    await recipient.answer(task, 'now I am')
    await eventually(async () => await kept() === 1, 'the answer is at the keeper')
    await recipient.stop()

    await sender.start()
    await eventually(async () => (await sender.results(task)).length === 1, 'the answer arrives')
    expect((await sender.results(task))[0].body).to.equal('now I am')

    // a keeper's yes ends nothing: the task still waits for the recipient's own receipt
    expect(await sender.tasks.waiting(10)).to.have.lengthOf(1)
    await recipient.start()
    await eventually(async () => (await sender.tasks.waiting(10)).length === 0, 'the receipt comes')
    await eventually(async () => (await recipient.tasks.waiting(10)).length === 0, 'the receipt of the answer comes')
    expect(await recipient.todo()).to.have.lengthOf(0)
  })

  it('carries large bodies both ways', async () => {
    const body = 'x'.repeat(3_000_000)
    await recipient.stop()
    const task = await sender.ask([recipient], body)
    await eventually(async () => await kept() === 1 && (await keeper.mailbox.figures()).taken === 1, 'the task is at the keeper')
    await sender.stop()
    await recipient.start()
    await eventually(async () => (await recipient.todo()).length === 1, 'the task arrives')
    await eventually(async () => await kept() === 0, 'the recipient signed for it')
    await recipient.answer(task, body.replaceAll('x', 'y'))
    await eventually(async () => (await keeper.mailbox.figures()).taken === 2, 'the answer is at the keeper')
    await recipient.stop()
    await sender.start()
    await eventually(async () => (await sender.results(task)).length === 1, 'the answer arrives')
    const [result] = await sender.results(task)
    expect(result.bodyBytes?.byteLength ?? result.body.length).to.equal(3_000_000)
  })
})
