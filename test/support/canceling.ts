import { CancelledFailure, WorkflowFailedError } from '@temporalio/client'
import { expect } from 'vitest'
import type { CancelSummary } from '../../src/contract/progress.js'
import type { System } from './system.js'

/** Shorter waits of a canceled step, and of a step that searches. */
export const delays = { lag: [50], listings: [200], cancelGrace: 18_000 }

const patience = { timeout: 60_000, interval: 50 }

/** Starts runs by name, and cancels them at a moment that is known. */
export function cancelingIn({ vodflow: { client }, vod }: System) {
  const pendingOf = async (workflowId: string) =>
    (await client.workflow.getHandle(workflowId).describe()).raw.pendingActivities ?? []

  return {
    pendingOf,

    async begin(type: string, input: object, taskQueue = 'vodflow'): Promise<string> {
      const workflowId = `${type}-${Math.random()}`
      // Workflows of users take a second argument, and those of vodflow refuse one.
      const args = taskQueue === 'vodflow' ? [input] : [input, []]
      await client.workflow.start(type, { workflowId, taskQueue, args })
      return workflowId
    },

    /** Cancels, and waits for the end: what the run then says in its memo. A run that has ended can send nothing more. */
    async canceled(workflowId: string): Promise<CancelSummary | undefined> {
      const handle = client.workflow.getHandle(workflowId)
      await handle.cancel()
      const end = await handle.result().catch((error) => error)
      expect(end).toBeInstanceOf(WorkflowFailedError)
      expect(end.cause).toBeInstanceOf(CancelledFailure)
      await expect.poll(() => vod.books().underWay).toBe(0)
      return (await handle.describe()).memo?.['vodflow.canceled'] as CancelSummary | undefined
    },

    /** The submit has failed and waits for its next attempt. */
    async inBackoff(workflowId: string, minAttempt = 2): Promise<void> {
      const waiting = async () =>
        (await pendingOf(workflowId)).some(
          ({ attempt, lastStartedTime, lastFailure }) =>
            Number(attempt) >= minAttempt && !lastStartedTime && lastFailure,
        )
      await expect.poll(waiting, patience).toBe(true)
    },
  }
}
