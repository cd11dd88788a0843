import { callVod, notify, processMediaByProcedure, pullUpload, reviewGate } from 'vodflow/workflows'

export interface Episode {
  /** Identifies the work: each id has one run. */
  readonly id: string
  readonly title: string
  /** URL of the film. */
  readonly MediaUrl: string
}

/** Fetches and processes an episode, and publishes it only if VOD or a person approves it. */
export async function publishEpisode({ id, title, MediaUrl }: Episode) {
  const { FileId } = await pullUpload({ request: { MediaUrl, MediaName: title } })
  const { moderation } = await processMediaByProcedure({
    request: { FileId, ProcedureName: 'episode' },
    onPartial: 'repair',
  })
  // The gate approves if every verdict is a pass, and rejects if one is a block. Otherwise a person decides.
  const { decision, by, reason } = await reviewGate({
    moderation,
    subject: { id, title, FileId },
    onEvent: ({ type, gate }) => notify({ type: `review.${type}`, data: { id, evidence: gate.evidence } }),
  })
  if (decision === 'approved') await callVod('ModifyMediaInfo', { FileId, AddTags: ['published'] })
  else await callVod('DeleteMedia', { FileId }) // VOD's copy; the source is not deleted
  await notify({ type: `episode.${decision}`, data: { id, FileId, by, reason } })
  return { FileId, decision, by, reason }
}
