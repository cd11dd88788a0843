import { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { createOwnActivities } from '../../src/activities/index.js'
import { findTemporal } from '../../src/cli/dev/temporalBinary.js'
import type { BatchActivities, VodActivities } from '../../src/contract/activities.js'
import { sessionIdFor } from '../../src/contract/identity.js'
import type { TaskReading } from '../../src/contract/outcome.js'
import { queueFor, workflowQueue } from '../../src/contract/queues.js'
import { unpacked } from '../../src/contract/submission.js'
import { quietRuntime } from './quietRuntime.js'
import { procedureId, reading } from './step.js'
import { unasked } from './unasked.js'
import { ownWorkflows } from './workflowCode.js'

/** Temporal's test server, on which days pass at once, and activities that act out a VOD on its clock. */
export interface TimeSkipping {
  readonly environment: TestWorkflowEnvironment
  readonly vod: ActedVod
  close(): Promise<void>
}

/** VOD on the clock of the test server. Every hour is counted from the submit. */
export class ActedVod {
  /** When the task ends, ms after the submit; never by default. */
  endsAfter = Number.POSITIVE_INFINITY
  /** Holds the submit's answer until it resolves. */
  submitWaitsFor: Promise<unknown> = Promise.resolve()
  /** What a batch meets; nobody asks for it by default. */
  batches: Partial<BatchActivities> = {}
  /** Hours after the submit at which the task was read. */
  readonly reads: number[] = []
  /** Of the latest submit, from when it begins. */
  SessionId = ''
  #submittedAt = 0

  constructor(readonly now: () => Promise<number>) {}

  activities(): VodActivities {
    const refused = unasked()
    return {
      ...refused,
      ProcessMediaByProcedure: async (submission) => {
        const action = 'ProcessMediaByProcedure'
        this.SessionId = sessionIdFor(action, unpacked(action, submission)) ?? ''
        await this.submitWaitsFor
        this.#submittedAt = await this.now()
        return {
          kind: 'accepted',
          SessionId: this.SessionId,
          tasks: [{ TaskId: procedureId, TaskType: 'Procedure', createdAt: this.#submittedAt }],
        }
      },
      DescribeTaskDetail: async ({ TaskId }) => {
        const age = (await this.now()) - this.#submittedAt
        this.reads.push(Math.round(age / 3_600_000))
        const seen = (given: Partial<TaskReading>) => ({
          kind: 'seen' as const,
          reading: reading(TaskId, { SessionId: this.SessionId, ...given }),
        })
        if (age > 72 * 3_600_000) return { kind: 'gone', TaskId }
        return age >= this.endsAfter ? seen({}) : seen({ Status: 'PROCESSING', parts: [] })
      },
      ManageTask: async () => ({ aborted: false }),
      openBatch: (input) => (this.batches.openBatch ?? refused.openBatch)(input),
      startRuns: (part) => (this.batches.startRuns ?? refused.startRuns)(part),
      checkRuns: (check) => (this.batches.checkRuns ?? refused.checkRuns)(check),
    }
  }
}

export async function startTimeSkipping(): Promise<TimeSkipping> {
  quietRuntime()
  const path = await findTemporal({ tool: 'temporal-test-server' })
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  const connection = environment.nativeConnection
  const vod = new ActedVod(() => environment.currentTimeMs())
  const activities = vod.activities()
  const workers = [
    await Worker.create({
      connection,
      taskQueue: workflowQueue,
      ...ownWorkflows,
      activities: createOwnActivities(activities),
    }),
    await Worker.create({
      connection,
      taskQueue: queueFor('default', 'ProcessMediaByProcedure'),
      activities,
    }),
    await Worker.create({ connection, taskQueue: queueFor('default', 'DescribeTaskDetail'), activities }),
  ]
  const running = Promise.all(workers.map((worker) => worker.run()))
  return {
    environment,
    vod,
    async close() {
      for (const worker of workers) worker.shutdown()
      await running
      await environment.teardown()
    },
  }
}
