import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lateResultType } from '../../src/vod/runNames.js'
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
      await handle.query(asked, round * 5_000_000)
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

it('hints that are read while queries are answered leave histories that can be replayed', async () => {
  const handles = await Promise.all(Array.from({ length: 24 }, (_, number) => askedAllTheTime(number)))
  const histories = await Promise.all(
    handles.map(async (handle) => ({ workflowId: handle.workflowId, history: await handle.fetchHistory() })),
  )
  // Else nothing was tested: in some of them a read has ended while a query was answered.
  const failed = histories.flatMap(({ history }) =>
    (history.events ?? []).flatMap(
      ({ workflowTaskFailedEventAttributes: task }) => task?.failure?.applicationFailureInfo?.type ?? [],
    ),
  )
  expect(failed).toContain(lateResultType)
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories))
    expect({ workflowId, problem: error?.message }).toEqual({ workflowId, problem: undefined })
})
