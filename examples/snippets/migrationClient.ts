import type { Vodflow } from 'vodflow'

/** You can call it as often as you like: VOD creates one task. */
export async function submit(vodflow: Vodflow, FileId: string) {
  await vodflow.process({ FileId, ProcedureName: 'episode' })
}

export async function show(vodflow: Vodflow, FileId: string) {
  for await (const run of vodflow.list({ FileId })) console.log(run.workflowId, run.status)
}
