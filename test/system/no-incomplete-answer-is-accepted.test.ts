import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/client/index.js'
import { createVodflowWorker, type VodflowWorker } from '../../src/worker/index.js'
import { startAltered } from '../support/altered.js'
import { type Lack, lacks, without } from '../support/lacking.js'
import { type StepKind, stepKinds } from '../support/stepKinds.js'
import { type System, startSystem } from '../support/system.js'

type Json = Record<string, unknown>

const credentials = { secretId: 'any', secretKey: 'any' }
const day = 24 * 60 * 60_000
const submit = 'ProcessMediaByProcedure'

let system: System
let altered: Awaited<ReturnType<typeof startAltered>>
let connection: NativeConnection
let worker: VodflowWorker
let running: Promise<unknown>
/** What something between vodflow and VOD makes of an answer. */
let change: (action: string, answer: Json) => Json
let calls: string[]

beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 100, reviewMs: 100 })
  const { vod, vodClient } = system
  // One that is as young as a task may have been changed after it.
  vod.switches.ignoreSkew = true
  vod.clock.advance(-day)
  await vodClient.call('CreateProcedureTemplate', {
    Name: 'review',
    ReviewAudioVideoTask: { Definition: 10 },
  })
  vod.clock.advance(day)
  vod.switches.ignoreSkew = false
  altered = await startAltered({ endpoint: vod.endpoint, credentials }, async (action, request) => {
    calls.push(action)
    return change(action, await vodClient.send(action, request))
  })
  connection = await NativeConnection.connect({ address: system.temporal.address })
  const account = { endpoint: altered.endpoint, credentials }
  worker = await createVodflowWorker({
    connection,
    accounts: { altered: account },
    macKeys: system.macKeys,
    sweep: false,
  })
  running = worker.run()
})
beforeEach(() => {
  calls = []
  change = (_, answer) => answer
})
afterAll(async () => {
  worker?.shutdown()
  await running
  await connection?.close()
  altered?.close()
  await system?.close()
})

const delays = { listings: [100], listingsGiveUp: 2_000, lag: [100], looks: [1_000, 3_000] }

let workflowId: string

function run(step: string, request: object): Promise<Outcome> {
  workflowId = `incomplete-${step}-${Math.random()}`
  return system.vodflow.client.workflow.execute(step, {
    workflowId,
    taskQueue: 'vodflow',
    args: [{ account: 'altered', request, delays, onFailure: 'return' }],
  })
}

const process = (FileId: string, ProcedureName: string) =>
  run('processMediaByProcedure', { FileId, ProcedureName })

/** Every answer to this action lacks this member. */
const lacking = (action: string, member: string, lack: Lack) => {
  change = (called, answer) => (called === action ? without(answer, [member], lack) : answer)
}

describe('an answer to ProcessMediaByProcedure', () => {
  const members = ['TaskId', 'ReviewAudioVideoTaskId'] as const
  const incomplete = members.flatMap((member) => lacks.map((lack) => [member, lack] as const))

  it.each(incomplete.filter(([member, lack]) => member === 'TaskId' || lack !== 'empty'))(
    'whose %s is %s: both tasks are waited for',
    async (member, lack) => {
      lacking(submit, member, lack)
      const FileId = await system.media('block')
      const outcome = await process(FileId, 'two')
      expect(outcome.tasks.map(({ TaskType }) => TaskType).toSorted(), outcome.reason).toEqual([
        'Procedure',
        'ReviewAudioVideo',
      ])
      expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'block' } })
      expect(system.tasksOf(FileId)).toHaveLength(2)
    },
  )

  it('that no listing completes is unknown, and says which task nobody knows', async () => {
    change = (action, answer) => {
      if (action === submit) return { ...answer, TaskId: '' }
      if (action !== 'DescribeTasks') return answer
      const TaskSet = answer.TaskSet as Json[]
      return { ...answer, TaskSet: TaskSet.filter(({ TaskType }) => TaskType !== 'Procedure') }
    }
    const outcome = await process(await system.media('block'), 'two')
    expect(outcome).toMatchObject({ status: 'unknown', moderation: { Suggestion: 'block' } })
    expect(outcome.reason).toContain("Procedure may have been made, though VOD's answer does not name it")
  })

  it('for moderation alone is believed by its template, without a listing', async () => {
    const FileId = await system.media()
    expect(await process(FileId, 'review')).toMatchObject({
      status: 'succeeded',
      TaskId: '',
      attempts: [{ recovered: false }],
    })
    expect(calls.filter((action) => action === 'DescribeProcedureTemplates')).toHaveLength(1)
    expect(calls).not.toContain('DescribeTasks')
    const { events } = await system.vodflow.client.workflow.getHandle(workflowId).fetchHistory()
    const reads = (events ?? []).filter((event) => {
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name
      return name === 'readTemplateTasks' || name === 'DescribeTaskDetail'
    })
    expect(events?.length).toBeLessThanOrEqual(18 + 6 * reads.length)
  })

  it.each([
    ['review', ['ReviewAudioVideo']],
    ['two', ['Procedure', 'ReviewAudioVideo']],
  ])(
    'without a TaskId, of a template %s that cannot be read: the settled listing decides',
    async (name, types) => {
      change = (action, answer) => {
        if (action === submit) return { ...answer, TaskId: '' }
        return action === 'DescribeProcedureTemplates' ? { ...answer, ProcedureTemplateSet: [] } : answer
      }
      const outcome = await process(await system.media(), name)
      expect(outcome.status, outcome.reason).toBe('succeeded')
      expect(outcome.tasks.map(({ TaskType }) => TaskType).toSorted()).toEqual(types)
      expect(calls).toContain('DescribeTasks')
    },
  )

  it('that names its task costs no call more', async () => {
    await process(await system.media(), 'one')
    expect(calls.toSorted()).toEqual(['DescribeTaskDetail', submit])
  })
})

const kinds = Object.keys(stepKinds).filter((kind) => kind !== submit) as StepKind[]

describe.each(kinds)('an answer to %s', (kind) => {
  it.each(lacks)('whose TaskId is %s: its task is found', async (lack) => {
    const { step, request } = stepKinds[kind]
    lacking(kind, 'TaskId', lack)
    const FileId = await system.media()
    const outcome = await run(step, request(FileId, system.vod.endpoint))
    expect(outcome.status, outcome.reason).toBe('succeeded')
  })
})
