import { setTimeout as sleep } from 'node:timers/promises'
import type { ApplicationFailure } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lateResultType } from '../../src/contract/runNames.js'
import { refuseLateResults } from '../../src/workflows/run/interceptors.js'
import { asked, hinted, reads } from '../support/asked.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

const taskQueue = 'asked'
let system: System
let workflowBundle: { readonly codePath: string }
let stop: () => Promise<void>

beforeAll(async () => {
  system = await startSystem()
  workflowBundle = await bundleOf(pathOf('asked'))
  const worker = await Worker.create({
    connection: system.worker.connection,
    taskQueue,
    workflowBundle,
    activities: {
      readHere: async (hint: number) => {
        await sleep(10 * hint)
        if (hint % 2 === 0) throw new Error('not here')
      },
      readElsewhere: () => sleep(10),
    },
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
  }
})
afterAll(async () => {
  await stop?.()
  await system?.close()
})

const hints = [1, 2, 3, 4, 5]

/** A run whose hints come while it is asked again and again. */
async function askedAllTheTime(number: number) {
  const { workflow } = system.vodflow.client
  const handle = await workflow.start(reads, {
    workflowId: `asked-${number}`,
    taskQueue,
    args: [hints.length],
  })
  const asking = new AbortController()
  const questions = (async () => {
    for (let round = 0; !asking.signal.aborted; round = (round + 1) % 4)
      await handle.query(asked, round * 15_000_000)
  })()
  for (const hint of hints) {
    await handle.signal(hinted, hint)
    await sleep(15)
  }
  await handle.result()
  asking.abort()
  await questions
  return handle
}

/** Histories of a round of runs, and whether a read of them has ended while a query was answered. */
async function round(first: number) {
  const numbers = Array.from({ length: 8 }, (_, index) => first + index)
  const handles = await Promise.all(numbers.map(askedAllTheTime))
  const histories = await Promise.all(
    handles.map(async (handle) => ({ workflowId: handle.workflowId, history: await handle.fetchHistory() })),
  )
  const types = histories.flatMap(({ history }) =>
    (history.events ?? []).map((event) => failureTypeOf(event.workflowTaskFailedEventAttributes)),
  )
  return { histories, isLate: types.includes(lateResultType) }
}

function failureTypeOf(failed: { failure?: temporal.api.failure.v1.IFailure | null } | null | undefined) {
  return failed?.failure?.applicationFailureInfo?.type
}

it('hints that are read while queries are answered leave histories that can be replayed', {
  timeout: 120_000,
}, async () => {
  // Until it has happened nothing is tested.
  for (let first = 0, late = false; !late; first += 8) {
    const { histories, isLate } = await round(first)
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories))
      expect({ workflowId, problem: error?.message }).toEqual({ workflowId, problem: undefined })
    late = isLate
  }
})

describe('a workflow task', () => {
  const local = { resolveActivity: { isLocal: true } }
  const remote = { resolveActivity: { isLocal: false } }
  const signal = { signalWorkflow: {} }
  const refused = (jobs: readonly object[], isReplaying = false) => {
    try {
      refuseLateResults({ activation: { jobs, isReplaying }, batchIndex: 0 } as never)
      return false
    } catch (error) {
      return (error as ApplicationFailure).type === lateResultType
    }
  }

  it.each([
    ['a signal and the result of a local activity', [signal, local]],
    ['the result of an activity and that of a local one', [remote, local, local]],
    [
      'a timer, a query and the result of a local activity',
      [{ fireTimer: {} }, { queryWorkflow: {} }, local],
    ],
  ])('with %s fails, and does not in a replay', (_, jobs) => {
    expect(refused(jobs)).toBe(true)
    expect(refused(jobs, true)).toBe(false)
  })

  it.each([
    ['nothing', []],
    ['results of local activities', [local, local]],
    ['a signal', [signal]],
    ['a signal and the result of an activity', [signal, remote]],
  ])('with %s does not fail', (_, jobs) => {
    expect(refused(jobs)).toBe(false)
  })
})
