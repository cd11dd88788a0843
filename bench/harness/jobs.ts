import { procedure } from './vod.js'
import type { World } from './world.js'

/** Starts one job and says when it is over. */
export type DoJob = (FileId: string, workflowId: string) => Promise<void>

/** The plainest that vodflow is held against, and one that keeps VOD's rate and reads as vodflow does. */
export const floors = { floor: 'the floor', floorAlike: "a floor with vodflow's means" } as const

export type Floor = keyof typeof floors

/** Each way to do a job. `pollMs` is for the workflow that polls. */
export function jobsOf({ vodflow }: World, pollMs = 5_000) {
  const theirs = async (workflowType: string, args: unknown[], workflowId: string) => {
    await vodflow.client.workflow.start(workflowType, { taskQueue: 'theirs', workflowId, args })
    await vodflow.client.workflow.getHandle(workflowId).result()
  }
  const job = (FileId: string) => ({ FileId, ProcedureName: procedure })
  return {
    ours: async (FileId, workflowId) => {
      const run = await vodflow.process(job(FileId), { workflowId, requireWorker: false })
      const { status } = await run.result()
      if (status !== 'succeeded') throw new Error(`${workflowId} ended ${status}`)
    },
    floor: (FileId, workflowId) => theirs('floor', [job(FileId)], workflowId),
    floorAlike: (FileId, workflowId) => theirs('floorAlike', [job(FileId)], workflowId),
    pollingActivity: (FileId, workflowId) => theirs('pollingActivity', [job(FileId)], workflowId),
    pollingWorkflow: (FileId, workflowId) => theirs('pollingWorkflow', [job(FileId), pollMs], workflowId),
  } satisfies Record<string, DoJob>
}

/** All of them, so many at once. */
export async function doAll<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, number: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const number = next++
      await work(items[number] as T, number)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
