import { callVod, processMediaByProcedure, reviewGate } from 'vodflow/workflows'

export interface FilmResult {
  readonly published: boolean
  readonly because: string
  /** URL to play it. */
  readonly url: string
}

/** Processes a film that a user has uploaded, and publishes it if VOD or a person approves it. */
export async function film(FileId: string, ProcedureName: string): Promise<FilmResult> {
  const { moderation, tasks } = await processMediaByProcedure({
    // With Change, VOD sends an event for each sub-task, so that the page can show the progress.
    request: { FileId, ProcedureName, TasksNotifyMode: 'Change' },
  })
  const outputs = tasks.filter(({ TaskType }) => TaskType === 'Procedure').flatMap(({ parts }) => parts)
  const url = outputs.flatMap(({ urls }) => urls)[0] ?? ''
  // The person who decides sees the subject: here the film that VOD has made.
  const { decision, by, reason } = await reviewGate({ moderation, subject: { url } })
  const published = decision === 'approved'
  await callVod('ModifyMediaInfo', { FileId, AddTags: [published ? 'published' : 'rejected'] })
  return { published, because: `${by}: ${reason}`, url }
}
