import { callVod, processMediaByProcedure, reviewGate } from 'vodflow/workflows'

export interface FilmResult {
  readonly status: string
  readonly published: boolean
  readonly because: string
  /** Where it can be played. */
  readonly url: string
}

/** What the web app does with a film that somebody has uploaded. */
export async function film(FileId: string, ProcedureName: string): Promise<FilmResult> {
  const { status, moderation, tasks } = await processMediaByProcedure({
    // Change: VOD tells of each sub-task, so that the page can show how far it is.
    request: { FileId, ProcedureName, TasksNotifyMode: 'Change' },
  })
  const { decision, by, reason } = await reviewGate({ moderation, subject: { FileId } })
  const published = decision === 'approved' && status === 'succeeded'
  await callVod('ModifyMediaInfo', { FileId, AddTags: [published ? 'published' : 'rejected'] })
  const url = tasks.flatMap(({ parts }) => parts.flatMap(({ urls }) => urls))[0] ?? ''
  return { status, published, because: by === '' ? reason : `${by}: ${reason}`, url }
}
