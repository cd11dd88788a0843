import { callVod, notify, processMediaByProcedure, pullUpload, reviewGate } from 'vodflow/workflows'

export interface Episode {
  /** Names the work: one id, one run. */
  readonly id: string
  readonly title: string
  /** Where the film is now. */
  readonly MediaUrl: string
}

/** Fetches and processes an episode, and publishes it only when VOD or a person approves it. */
export async function publishEpisode({ id, title, MediaUrl }: Episode) {
  const { FileId } = await pullUpload({ request: { MediaUrl, MediaName: title } })
  const { moderation } = await processMediaByProcedure({
    request: { FileId, ProcedureName: 'episode' },
    onPartial: 'repair',
  })
  // If every verdict of VOD is a pass, that approves; one block rejects. Otherwise a person decides.
  const { decision, by, reason } = await reviewGate({
    moderation,
    subject: { id, title, FileId },
    tell: ({ type, gate }) => notify({ type: `review.${type}`, data: { id, evidence: gate.evidence } }),
  })
  if (decision === 'approved') await callVod('ModifyMediaInfo', { FileId, AddTags: ['published'] })
  else await callVod('DeleteMedia', { FileId }) // VOD's copy; the source stays where it is
  await notify({ type: `episode.${decision}`, data: { id, FileId, by, reason } })
  return { FileId, decision, by, reason }
}
