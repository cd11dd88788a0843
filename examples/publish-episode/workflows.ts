import { ApplicationFailure } from '@temporalio/workflow'
import { callVod, notify, processMediaByProcedure, pullUpload, reviewGate } from 'vodflow/workflows'

export interface Episode {
  readonly title: string
  /** Where the film is now. */
  readonly MediaUrl: string
  readonly ProcedureName: string
}

export interface Published {
  readonly FileId: string
  readonly published: boolean
  /** Who said so, and why. */
  readonly because: string
}

/** Fetch, process, moderate, decide, publish or delete, tell others: five steps, and a person where it matters. */
export async function publishEpisode({ title, MediaUrl, ProcedureName }: Episode): Promise<Published> {
  const pulled = await pullUpload({ request: { MediaUrl, MediaName: title } })
  const [FileId] = pulled.newFileIds
  if (FileId === undefined)
    throw ApplicationFailure.nonRetryable(`${title} could not be fetched: ${pulled.reason}`)

  const processed = await processMediaByProcedure({ request: { FileId, ProcedureName }, onPartial: 'repair' })
  if (processed.status !== 'succeeded')
    throw ApplicationFailure.nonRetryable(`${title} could not be processed: ${processed.reason}`)

  const { decision, by, reason } = await reviewGate({
    moderation: processed.moderation,
    subject: { title, FileId },
    tell: ({ type, gate }) => notify({ type: `review.${type}`, data: { title, evidence: gate.evidence } }),
  })
  const because = by === '' ? reason : `${by}: ${reason}`
  if (decision === 'rejected') {
    // What the pull has brought into the library goes again.
    await callVod('DeleteMedia', { FileId })
    await notify({ type: 'episode.rejected', data: { title, because } })
    return { FileId, published: false, because }
  }
  await callVod('ModifyMediaInfo', { FileId, AddTags: ['published'] })
  await notify({ type: 'episode.published', data: { title, FileId } })
  return { FileId, published: true, because }
}
