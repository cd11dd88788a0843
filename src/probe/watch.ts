import { setTimeout as sleep } from 'node:timers/promises'
import type { ResponseOf } from '../vod/api.js'
import type { Scene } from './question.js'

type Listed = ResponseOf<'DescribeTasks'>['TaskSet'][number]

/** Between two looks, ms: a few calls a minute. */
const pauseMs = { first: 500, most: 10_000 }
/** A task of a short video, ms. */
const endMs = 60 * 60_000
const clockSkewMs = 5 * 60_000

/** The task in DescribeTasks, as soon as it is there. Default: the first one with our SessionId. */
export async function listed(
  scene: Scene,
  withinMs: number,
  is: (task: Listed) => boolean = ({ SessionId }) => SessionId === scene.SessionId,
): Promise<Listed | undefined> {
  const { vod, FileId, SubAppId, submitted, signal } = scene
  const After = new Date((submitted?.sentAt ?? Date.now()) - clockSkewMs).toISOString()
  const request = {
    FileId,
    CreateTime: { After },
    Limit: 100,
    ...(SubAppId === undefined ? {} : { SubAppId }),
  }
  return until(withinMs, signal, async () =>
    (await vod.call('DescribeTasks', request, { signal })).TaskSet.find(is),
  )
}

/** Every task of the submission, when all have ended. */
export async function ended(scene: Scene): Promise<ResponseOf<'DescribeTaskDetail'>[]> {
  const { vod, SubAppId, signal } = scene
  const read = (TaskId: string) =>
    vod.call('DescribeTaskDetail', { TaskId, ...(SubAppId === undefined ? {} : { SubAppId }) }, { signal })
  const tasks = await until(endMs, signal, async () => {
    const all = await Promise.all(tasksOf(scene).map(read))
    return all.every(({ Status }) => !['WAITING', 'PROCESSING'].includes(Status)) ? all : undefined
  })
  if (!tasks) throw new Error(`they have not ended within ${endMs / 60_000} minutes`)
  return tasks
}

/** What the submission made. */
export function tasksOf({ submitted }: Scene): string[] {
  return [submitted?.TaskId, submitted?.ReviewAudioVideoTaskId].filter((id): id is string => Boolean(id))
}

async function until<T>(
  ms: number,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = Date.now() + ms
  for (let pause = pauseMs.first; ; pause = Math.min(pause * 2, pauseMs.most)) {
    const found = await look()
    if (found !== undefined || Date.now() + pause > end) return found
    await sleep(pause, undefined, { signal })
  }
}
