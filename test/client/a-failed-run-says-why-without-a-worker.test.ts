import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect, NoAnswerError, NoWorkerError, type Vodflow } from '../../src/client/index.js'
import type { VodActivities } from '../../src/contract/activities.js'
import type { Outcome } from '../../src/contract/outcome.js'
import { vodflow as command } from '../cli/cli.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { part, reading } from '../support/step.js'
import { quickly, ScriptedVod, startWorker } from './rig.js'

/** VOD fails 300 sub-tasks of each task. */
class FailingVod extends ScriptedVod {
  override activities(): VodActivities {
    const parts = Array.from({ length: 300 }, () => part('failed', { ErrCodeExt: 'SourceFileError' }))
    return {
      ...super.activities(),
      DescribeTaskDetail: async ({ TaskId }) => ({
        kind: 'seen',
        reading: reading(TaskId, { SessionId: undefined, Status: 'FINISH', parts }),
      }),
    }
  }
}

let vodflow: Vodflow
let address: string
let workflowId: string
let close: () => Promise<void>

beforeAll(async () => {
  quietRuntime()
  const temporal = await startTemporalDevServer()
  address = temporal.address
  const connection = await NativeConnection.connect({ address })
  vodflow = await connect({ address, answerTimeout: 2_000 })
  close = async () => {
    await vodflow.close()
    await connection.close()
    await temporal.close()
  }
  const stopWorker = await startWorker(connection, new FailingVod())
  const run = await vodflow.process({ FileId: '528', ProcedureName: 'many' }, quickly)
  workflowId = run.workflowId
  expect(await run.result()).toMatchObject({ status: 'failed', tasks: [{ TaskId: 'task-of-528' }] })
  await stopWorker()
})
afterAll(() => close?.())

const why = 'The run ended failed: 0 of 300 sub-tasks succeeded; Transcode failed (SourceFileError);'

it('result() names status and reason of an outcome that is too large for the failure', async () => {
  const run = await vodflow.attach(workflowId)
  const error = await run.result().catch((thrown: unknown) => thrown)
  expect([NoAnswerError, NoWorkerError].some((kind) => error instanceof kind)).toBe(true)
  expect(error).toMatchObject({
    message: expect.stringMatching(/^The run ended failed: 0 of 300 .* 295 more\. No worker /),
    outcome: { status: 'failed', truncated: true, tasks: [] },
  })
})

it('vodflow status shows them, with exit code 2', async () => {
  const { code, stdout } = await command(['status', workflowId], { TEMPORAL_ADDRESS: address })
  expect(stdout).toContain(why)
  expect(stdout).toContain('No worker')
  expect(code).toBe(2)
})

it('both errors have them', () => {
  const outcome = { status: 'partial', reason: '1 of 2 sub-tasks did not succeed.' } as Outcome
  const said = 'The run ended partial: 1 of 2 sub-tasks did not succeed. No worker '
  for (const error of [
    new NoWorkerError(['q'], 'Start one.', undefined, undefined, outcome),
    new NoAnswerError('w', 'q', undefined, outcome),
  ]) {
    expect(error.message.startsWith(said)).toBe(true)
    expect(error.outcome).toBe(outcome)
  }
})

it('a worker that does not answer may have stopped, while Temporal still lists it', () => {
  expect(new NoAnswerError('w', 'q').message).toContain('it may have stopped within the last 90 s')
})
