import { proxyActivities } from '@temporalio/workflow'
import { processMediaByProcedure } from 'vodflow/workflows' // new
import type * as activities from './existingActivities.js'

const { saveUrls } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' })

export async function publishLesson(lesson: string, FileId: string) {
  const request = { FileId, ProcedureName: 'TranscodeAndSnapshot' }
  const { tasks } = await processMediaByProcedure({ request }) // new
  const urls = tasks.flatMap(({ parts }) => parts.flatMap((part) => part.urls))
  await saveUrls(lesson, urls)
  return urls
}
