import type { BatchRequest, Vodflow } from 'vodflow'

export async function reprocess(vodflow: Vodflow) {
  const request: BatchRequest = {
    source: { search: { Categories: ['Video'] } },
    ProcedureName: 'episode',
    window: 200,
    maxTasksPerDay: 20_000,
  }
  const { plan } = await vodflow.batches.plan(request) // items, tasks, calls, hours; starts nothing
  console.log(plan)

  const batch = await vodflow.batches.start(request, { workflowId: 'library-2026-11' })
  await batch.pause() // also resume(), setWindow(50), stop('why') and progress() with an estimate of the end
  await batch.resume()
  return batch.result() // counts, and the first 2,000 failures
}

/** Processes the items again that failed, were aborted or were refused. VOD bills them again. */
export function rerunFailed(vodflow: Vodflow) {
  return vodflow.batches.rerunFailed('library-2026-11', { reason: 'the codec was added' })
}

export function everyNight(vodflow: Vodflow, request: BatchRequest) {
  return vodflow.batches.schedule(request, {
    scheduleId: 'nightly',
    spec: { cronExpressions: ['0 3 * * *'] },
  })
}
