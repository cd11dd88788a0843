import { ApplicationFailure } from '@temporalio/common'
import { NativeConnection, Worker } from '@temporalio/worker'
import { createOwnActivities } from '../../src/activities/index.js'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import type { Submission, SubmitResult, VodActivities } from '../../src/contract/activities.js'
import type { StepDelaysInMs } from '../../src/contract/delays.js'
import { sessionIdFor } from '../../src/contract/identity.js'
import { queueOfClass, workflowQueue } from '../../src/contract/queues.js'
import { rates } from '../../src/contract/rates.js'
import { unpacked } from '../../src/contract/submission.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { part, reading } from '../support/step.js'
import { unasked } from '../support/unasked.js'
import { ownWorkflows } from '../support/workflowCode.js'

/** A real Temporal server, the real workflow, and activities that do as the test says. */
export interface Rig {
  /** Temporal's, `127.0.0.1:PORT`. */
  readonly address: string
  /** For more workers. */
  readonly connection: NativeConnection
  readonly vodflow: Vodflow
  readonly vod: ScriptedVod
  close(): Promise<void>
}

/** No events here: runs look every 50 ms. */
export const quickly = {
  callbacks: false,
  delays: { polls: [50], lag: [50], cancelGrace: 6_000 } satisfies Partial<StepDelaysInMs>,
}

/** A condition that holds within moments, on a busy machine too. */
export const soon = { timeout: 60_000 }

export async function openRig(): Promise<Rig> {
  quietRuntime()
  const temporal = await startTemporalDevServer()
  const { address } = temporal
  const connection = await NativeConnection.connect({ address })
  const vod = new ScriptedVod()
  const stopWorker = await startWorker(connection, vod)
  const vodflow = await connect({ address })
  return {
    address,
    connection,
    vodflow,
    vod,
    async close() {
      await vodflow.close()
      await stopWorker()
      await connection.close()
      await temporal.close()
    },
  }
}

/** Workers for the workflow queue and every activity queue of an account. */
export async function startWorker(
  connection: NativeConnection,
  vod: ScriptedVod,
  account = 'default',
): Promise<() => Promise<void>> {
  const activities = vod.activities()
  const workers = await Promise.all([
    Worker.create({
      connection,
      taskQueue: workflowQueue,
      ...ownWorkflows,
      activities: createOwnActivities(activities),
    }),
    ...rates.map((rate) => Worker.create({ connection, taskQueue: queueOfClass(account, rate), activities })),
  ])
  const running = Promise.all(workers.map((worker) => worker.run()))
  return async () => {
    for (const worker of workers) worker.shutdown()
    await running
  }
}

/** Stands in for the activities. A task ends when the test says so. */
export class ScriptedVod {
  readonly submissions: Submission<'ProcessMediaByProcedure'>[] = []
  /** What the next submissions meet. */
  onSubmit: (TaskId: string, SessionId: string) => SubmitResult | Promise<SubmitResult> = accept
  /** What an abort meets. */
  abortable = true
  readonly #status = new Map<string, string>()

  /** Ends a task of a media file, or every one to come. */
  finish(FileId: string): void {
    this.#status.set(FileId, 'FINISH')
  }

  activities(): VodActivities {
    return {
      ...unasked(),
      ProcessMediaByProcedure: async (given) => {
        const submission = unpacked('ProcessMediaByProcedure', given)
        this.submissions.push(submission)
        const SessionId = sessionIdFor('ProcessMediaByProcedure', submission) ?? ''
        return this.onSubmit(`task-of-${submission.input.request.FileId}`, SessionId)
      },
      DescribeTaskDetail: async ({ TaskId, untilTerminal }) => {
        const Status = this.#status.get(TaskId.replace('task-of-', '')) ?? 'PROCESSING'
        if (untilTerminal && Status === 'PROCESSING') throw notYet()
        const ended = Status === 'FINISH' ? [part('succeeded')] : []
        return {
          kind: 'seen',
          reading: reading(TaskId, {
            SessionId: undefined,
            Status,
            percent: Status === 'FINISH' ? 100 : 40,
            parts: ended,
          }),
        }
      },
      DescribeTasks: async () => ({ tasks: [] }),
      readTemplateTasks: async () => ({ known: true, TaskTypes: ['Procedure'] }),
      ManageTask: async ({ TaskId }) => {
        if (this.abortable) this.#status.set(TaskId.replace('task-of-', ''), 'ABORTED')
        return { aborted: this.abortable }
      },
    }
  }
}

export function accept(TaskId: string, SessionId: string): SubmitResult {
  return { kind: 'accepted', SessionId, tasks: [{ TaskId, TaskType: 'Procedure', createdAt: Date.now() }] }
}

function notYet(): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'not yet',
    type: 'NotYet',
    nextRetryDelay: 50,
    category: 'BENIGN',
  })
}
