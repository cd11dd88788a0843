import type { Vodflow } from 'vodflow'

/** Returns the URLs of the outputs of a task flow. A second call for the same file and procedure returns those of the same run. */
export async function outputsOf(vodflow: Vodflow, FileId: string) {
  const run = await vodflow.process({ FileId, ProcedureName: 'TranscodeAndSnapshot' })
  const { status, reason, tasks } = await run.result()
  if (status !== 'succeeded') throw new Error(`${run.workflowId} ended ${status}: ${reason}`)
  const parts = tasks.filter(({ TaskType }) => TaskType === 'Procedure').flatMap((task) => task.parts)
  return parts.flatMap(({ urls }) => urls)
}
