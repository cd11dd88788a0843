import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { findTemporal } from '../../src/cli/dev/temporalBinary.js'
import { whyFailing } from '../../src/client/askWorker.js'
import { WorkflowTaskFailingError } from '../../src/client/index.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.close())
afterEach(() => system.vod.faults.clear())

const bytes = (text: string) => Buffer.from(text)
const json = { encoding: bytes('json/plain') }
const results = {
  'bad JSON': { metadata: json, data: bytes('{"a":') },
  'an unknown encoding': { metadata: { encoding: bytes('json/evil') }, data: bytes('{}') },
  'no encoding': { data: bytes('{}') },
}

const inNamespace = { namespace: 'default' }
type Asked = { readonly workflowId: string; readonly activityId: string }
const service = () => system.vodflow.client.workflowService
const ends: Readonly<Record<string, (activity: Asked) => Promise<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(results).map(([name, payload]) => [
      `completed with ${name}`,
      (activity: Asked) =>
        service().respondActivityTaskCompletedById({
          ...inNamespace,
          ...activity,
          result: { payloads: [payload] },
        }),
    ]),
  ),
  'failed with details of bad JSON': (activity) =>
    service().respondActivityTaskFailedById({
      ...inNamespace,
      ...activity,
      failure: {
        message: 'x',
        applicationFailureInfo: { nonRetryable: true, details: { payloads: [results['bad JSON']] } },
      },
    }),
}

it.each(Object.keys(ends))(
  'an activity that somebody %s: the error names the command that helps, and it helps',
  async (name) => {
    const FileId = await system.media()
    system.vod.faults.add({ kind: 'slow', action: 'ProcessMediaByProcedure', delay: 3_000, times: 1 })
    const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
    const handle = system.vodflow.client.workflow.getHandle(run.workflowId)
    const pending = async () => (await handle.describe()).raw.pendingActivities?.[0]?.activityId ?? ''
    await expect.poll(pending).not.toBe('')
    await ends[name]?.({ workflowId: run.workflowId, activityId: await pending() })
    await expect
      .poll(async () => (await handle.describe()).raw.pendingWorkflowTask?.attempt)
      .toBeGreaterThan(1)
    const error = await whyFailing(system.vodflow.client, run.workflowId)
    expect(error).toBeInstanceOf(WorkflowTaskFailingError)
    const { remedy } = error as WorkflowTaskFailingError
    expect(remedy).toMatch(/^Somebody completed or failed the activity ProcessMediaByProcedure by hand/)
    const [, ...args] =
      /temporal (workflow reset --workflow-id) (\S+) (--event-id) (\d+) (--reason) "(.+)"$/.exec(remedy) ?? []
    expect(args).toHaveLength(6)
    const words = [...(args[0] ?? '').split(' '), ...args.slice(1)]
    await promisify(execFile)(await findTemporal({ tool: 'temporal' }), [
      ...words,
      '--address',
      system.temporal.address,
    ])
    expect(await run.result()).toMatchObject({ status: 'succeeded' })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  },
)
