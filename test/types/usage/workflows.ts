import {
  callVod,
  notify,
  type PartialOutcome,
  processMediaByProcedure,
  pullUpload,
  reviewGate,
  type SucceededOutcome,
} from 'vodflow/workflows'
import { expectType, type Is } from './is.js'

export async function publish(FileId: string, { title }: { title: string }) {
  const outcome = await processMediaByProcedure({
    request: { FileId, ProcedureName: 'episode' },
    onPartial: 'accept',
  })
  expectType<Is<typeof outcome, SucceededOutcome | PartialOutcome>>()
  // @ts-expect-error a step takes one object, as the workflow of its name does
  await processMediaByProcedure({ FileId, ProcedureName: 'episode' })
  // @ts-expect-error VOD spells it MediaUrl
  await pullUpload({ request: { mediaUrl: 'https://a.example/film.mp4' } })
  const pulled = await pullUpload({ request: { MediaUrl: 'https://a.example/film.mp4' } })
  expectType<Is<typeof pulled.FileId, string>>()
  const tried = await pullUpload({
    request: { MediaUrl: 'https://a.example/film.mp4' },
    onFailure: 'return',
  })
  expectType<Is<typeof tried.FileId, string | undefined>>()
  if (tried.status === 'succeeded') expectType<Is<typeof tried.FileId, string>>()
  expectType<Is<typeof outcome.FileId, string | undefined>>()
  const { decision, by } = await reviewGate({ moderation: outcome.moderation, subject: { title } })
  const { MediaInfoSet } = await callVod('DescribeMediaInfos', { FileIds: [FileId] })
  const names = MediaInfoSet?.map(({ BasicInfo }) => BasicInfo?.Name)
  await notify({ type: `episode.${decision}`, data: { FileId, by, names } })
  return { FileId, approved: decision === 'approved' }
}
