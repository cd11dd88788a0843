import { type Cost, costOf } from './harness/history.js'
import type { Bench } from './harness/result.js'
import { requestsTo } from './harness/server.js'
import { procedure } from './harness/vod.js'
import { startWorld, type World } from './harness/world.js'

const window = 100

/** A whole library through one procedure. */
export const batch: Bench = {
  about:
    'a batch with an instant local VOD: items a second, histories, memory, calls and actions for each item',
  async run({ full, jobs }) {
    const sizes = jobs ? [jobs] : full ? [10_000, 100_000] : [10_000]
    const rows: (string | number)[][] = []
    const raw: unknown[] = []
    let longest = 0
    let dearest = 0
    for (const size of sizes) {
      const world = await startWorld({ vod: { taskTime: 20 } })
      try {
        await world.callbacksTo(world.ours.callbacksUrl)
        const FileIds = await world.media(size)
        const before = await world.ours.usage()
        const callsBefore = world.vod.books().calls.length
        const began = performance.now()
        const batch = await world.vodflow.batches.start(
          {
            source: { FileIds },
            ProcedureName: procedure,
            window,
          },
          { workflowId: 'batch' },
        )
        const report = await batch.result()
        const seconds = (performance.now() - began) / 1_000
        if (report.counts.ended.succeeded !== size)
          throw new Error(`${report.counts.ended.succeeded} of ${size} items succeeded`)
        const after = await world.ours.usage()
        const runs = await runsOf(world)
        const events = runs.map((run) => run.events)
        const actions = (await actionsOf(world, { FileIds, runs })) / size
        const calls = (world.vod.books().calls.length - callsBefore) / size
        longest = Math.max(longest, ...events)
        dearest = Math.max(dearest, actions)
        rows.push([
          size,
          (size / seconds).toFixed(1),
          `${events.length} runs, at most ${Math.max(...events)} events`,
          `${((after.usedBytes - before.usedBytes) / 2 ** 20).toFixed(0)} MiB`,
          calls.toFixed(3),
          actions.toFixed(2),
        ])
        raw.push({ size, seconds, events, before, after, calls, actions })
      } finally {
        await world.close()
      }
    }
    return {
      tables: [
        {
          title: `A batch, ${window} items at once`,
          head: [
            'items',
            'items a second',
            'histories of the batch',
            'memory in use grown',
            'API calls an item',
            'actions an item',
          ],
          rows,
        },
      ],
      bars: [
        { claim: 'no history above 10,000 events', measured: String(longest), held: longest <= 10_000 },
        {
          claim: 'at most 7 Temporal actions an item',
          measured: dearest.toFixed(2),
          held: dearest <= 7,
        },
      ],
      plots: [
        {
          title: 'Temporal actions of a batch',
          unit: 'for each item',
          bars: rows.map(([size, , , , , actions]) => ({
            label: `vodflow, ${size} items`,
            value: Number(actions),
          })),
          limit: { value: 7, label: 'at most 7' },
        },
      ],
      raw,
    }
  },
}

/** A batch continues as new: each run has a history of its own. */
async function runsOf({ vodflow: { client } }: World): Promise<Cost[]> {
  const runs: Cost[] = []
  for await (const { workflowId, runId } of client.workflow.list({ query: 'WorkflowId = "batch"' }))
    runs.push(await costOf(client, workflowId, runId))
  return runs
}

/** Items that stand for all. */
const sampled = 100

/** Of all runs of the batch, where what an item tells it is a signal, and of its items by a sample. */
async function actionsOf(
  world: World,
  { FileIds, runs }: { readonly FileIds: readonly string[]; readonly runs: readonly Cost[] },
): Promise<number> {
  let actions = await requestsTo(world, 'RecordActivityTaskHeartbeat')
  for (const run of runs) actions += run.actions
  const every = Math.ceil(FileIds.length / sampled)
  const sample = FileIds.filter((_, number) => number % every === 0)
  let ofSample = 0
  for (const FileId of sample) ofSample += (await costOf(world.vodflow.client, `batch/${FileId}`)).actions
  return actions + (ofSample * FileIds.length) / sample.length
}
