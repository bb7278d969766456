import { DELIVERY } from './buckets.ts'
import type { Instruments } from './instruments.ts'
import type { AnswerTaskOutcome, CancelTaskOutcome, CreateTaskOutcome, EndLeasesOutcome, ExpireOutcome, PutResult, PutResultOutcome, ReceiveCancelOutcome, ReceiveOutcome, ReceiveResult, ReceiveResultOutcome, SettleDelivery, SettleOutcome } from '../store/index.ts'
import type { Operation } from '../store/operations.ts'

/** Counts one outcome of a transition that is on disk */
export type CountOutcome = (input: any, outcome: any) => void

/** What became of tasks, results and receipts: read off the store's outcomes, so that only what is on disk counts */
export function createTaskMetrics ({ counter, histogram }: Instruments, now: () => number): Partial<Record<Operation, CountOutcome>> {
  const created = counter('beam_tasks_created_total', 'Tasks that apps of this site created')
  const received = counter('beam_tasks_received_total', 'Tasks that came from other sites')
  const put = counter('beam_results_created_total', 'Results that apps of this site put, by status; each update counts', ['status'])
  const results = counter('beam_results_received_total', 'Results that came from other sites, by status; each update counts', ['status'])
  const cancelled = counter('beam_tasks_cancelled_total', 'Tasks that their creators cancelled, here or at another site')
  const expired = counter('beam_tasks_expired_total', 'Tasks whose time ran out')
  const again = counter('beam_tasks_offered_again_total', 'Tasks that are to do again at this site: a lease ran out, or the pause after a failed try is over')
  const receipts = counter('beam_receipts_total', 'Receipts of other sites for envelopes of this one, by outcome', ['outcome'])
  const delivery = histogram('beam_delivery_duration_seconds', 'From queuing an envelope until the receipt of its site', DELIVERY)
  const answer = histogram('beam_result_duration_seconds', 'From creating a task until a result of another site is stored here; claims do not count', DELIVERY)
  const since = (at: number): number => Math.max(0, now() - at) / 1_000
  const answered = ({ status }: Pick<PutResult, 'status'>, { kind }: PutResultOutcome | AnswerTaskOutcome): void => {
    if (kind === 'created' || kind === 'updated') {
      put.inc({ status })
    }
  }

  return {
    createTask: (_, { kind }: CreateTaskOutcome) => {
      if (kind === 'created') {
        created.inc()
      }
    },
    receiveTask: (_, { kind }: ReceiveOutcome) => {
      if (kind === 'stored') {
        received.inc()
      }
    },
    putResult: answered,
    answerTask: answered,
    receiveResult: ({ status }: ReceiveResult, outcome: ReceiveResultOutcome) => {
      if (outcome.kind !== 'stored') {
        return
      }

      results.inc({ status })

      if (status !== 'claimed' && outcome.created != null) {
        answer.observe(since(outcome.created))
      }
    },
    settleDelivery: ({ outcome }: SettleDelivery, settled: SettleOutcome) => {
      if (settled.kind === 'settled') {
        receipts.inc({ outcome })
        delivery.observe(since(settled.since))
      }
    },
    expireStep: (_, { tasks }: ExpireOutcome) => {
      if (tasks.length > 0) {
        expired.inc(tasks.length)
      }
    },
    endLeases: (_, { offered }: EndLeasesOutcome) => {
      if (offered.length > 0) {
        again.inc(offered.length)
      }
    },
    cancelTask: (_, { kind }: CancelTaskOutcome) => {
      if (kind === 'cancelled') {
        cancelled.inc()
      }
    },
    receiveCancel: (_, { kind }: ReceiveCancelOutcome) => {
      if (kind === 'cancelled') {
        cancelled.inc()
      }
    }
  }
}
