import { setTimeout as sleep } from 'node:timers/promises'
import { defaultDelays } from '../../contract/delays.js'
import { hour, minute } from '../../contract/time.js'
import { maxSkewMs } from '../../vod/clockSkew.js'
import type { DescribeTaskDetailAnswer, ListedTask } from '../../vod/responses.js'
import type { Scene } from './question.js'
import { app } from './submit.js'

/** Pause between two reads, ms: a few calls a minute. */
const pauseMs = { first: 500, most: 10_000 }
/** Timeout for a task of a short video, ms. */
const endMs = hour
const doubtMs = minute

/** Lag of a listing after which vodflow itself gives up a search, ms. */
export const searchMs = defaultDelays.listingsGiveUp

/** Waits until DescribeTasks lists the task, and returns it. */
export function listed(scene: Scene, is: (task: ListedTask) => boolean): Promise<ListedTask | undefined> {
  return until(scene.searchMs, scene.signal, async () => (await list(scene)).find(is))
}

/** Records the tasks of a submission without an answer, if the listing shows them within a minute. */
export async function findMade(scene: Scene): Promise<void> {
  const find = async () => {
    const ours = (await list(scene)).filter(({ SessionId }) => SessionId !== '' && scene.sent.has(SessionId))
    for (const { TaskId } of ours) scene.made.add(TaskId)
    return ours.length > 0 ? ours : undefined
  }
  // After an abort, it reads once and does not wait.
  const ms = scene.signal.aborted ? 0 : Math.min(scene.searchMs, doubtMs)
  await until(ms, AbortSignal.timeout(doubtMs), find)
}

/** Returns true for the intended tasks of the submission, but not for tasks that VOD should not have made. */
export function isOurs({ submitted }: Scene, TaskId: string): boolean {
  return TaskId !== '' && [submitted?.TaskId, submitted?.ReviewAudioVideoTaskId].includes(TaskId)
}

async function list({ vod, FileId, SubAppId, beganAt }: Scene): Promise<readonly ListedTask[]> {
  const CreateTime = { After: new Date(beganAt - maxSkewMs).toISOString() }
  const request = { FileId, CreateTime, Limit: 100, ...app({ SubAppId }) }
  return (await vod.call('DescribeTasks', request)).TaskSet ?? []
}

/** Waits until all tasks of the submission have ended, and returns them. */
export async function ended(scene: Scene): Promise<DescribeTaskDetailAnswer[]> {
  const { vod, SubAppId, signal } = scene
  const read = (TaskId: string) =>
    vod.call('DescribeTaskDetail', { TaskId, ...app({ SubAppId }) }, { signal })
  const tasks = await until(endMs, signal, async () => {
    const all = await Promise.all(tasksOf(scene).map(read))
    return all.every(({ Status }) => !['WAITING', 'PROCESSING'].includes(Status)) ? all : undefined
  })
  if (!tasks) throw new Error(`the tasks did not end within ${endMs / minute} minutes`)
  return tasks
}

/** Returns the ids of the intended tasks of the submission. */
export function tasksOf({ submitted }: Scene): string[] {
  return [submitted?.TaskId, submitted?.ReviewAudioVideoTaskId].filter((id): id is string => Boolean(id))
}

async function until<T>(
  ms: number,
  signal: AbortSignal,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = Date.now() + ms
  for (let pause = pauseMs.first; ; pause = Math.min(pause * 2, pauseMs.most)) {
    const found = await find()
    if (found !== undefined || Date.now() + pause > end) return found
    await sleep(pause, undefined, { signal })
  }
}
