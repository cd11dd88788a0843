import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pid } from 'node:process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/client/index.js'
import { account, startAlteredWorker } from '../support/alteredWorker.js'
import { type Lack, lacks, type Path, without } from '../support/lacking.js'
import type { RunningWorker } from '../support/runningWorker.js'
import { type StepKind, stepKinds } from '../support/stepKinds.js'
import { type System, startSystem } from '../support/system.js'

type Json = Record<string, unknown>

const day = 24 * 60 * 60_000
const submit = 'ProcessMediaByProcedure'

let system: System
let worker: RunningWorker
/** What something between vodflow and VOD makes of an answer. */
let change: (action: string, answer: Json) => Json
/** The request of an action gets to VOD. */
let reaches: (action: string) => boolean
let calls: string[]
let file: string

beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
  file = join(tmpdir(), `vodflow-incomplete-answer-${pid}.mp4`)
  await writeFile(file, '')
  const { vod, vodClient } = system
  // One that is as young as a task may have been changed after it.
  vod.switches.ignoreSkew = true
  vod.clock.advance(-day)
  await vodClient.call('CreateProcedureTemplate', {
    Name: 'review',
    ReviewAudioVideoTask: { Definition: 10 },
  })
  await vodClient.call('CreateProcedureTemplate', {
    Name: 'other',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100020 }] },
  })
  vod.clock.advance(day)
  vod.switches.ignoreSkew = false
  worker = await startAlteredWorker(system, async (action, request) => {
    calls.push(action)
    return reaches(action) ? change(action, await vodClient.send(action, request)) : {}
  })
})
beforeEach(() => {
  calls = []
  change = (_, answer) => answer
  reaches = () => true
})
afterAll(async () => {
  await worker?.close()
  await system?.close()
})

const delays = { listings: [100], listingsGiveUp: 2_000, lag: [100], looks: [1_000, 3_000] }

let workflowId: string

function run(step: string, request: object, options: object = {}): Promise<Outcome> {
  workflowId = `incomplete-${step}-${Math.random()}`
  return system.vodflow.client.workflow.execute(step, {
    workflowId,
    taskQueue: 'vodflow',
    args: [{ account, request, delays, onFailure: 'return', ...options }],
  })
}

/** A new file with a Procedure of its own. */
const upload = async (Procedure: string) => (await system.vod.upload(file, { Procedure })).FileId

const process = (FileId: string, ProcedureName: string) =>
  run('processMediaByProcedure', { FileId, ProcedureName })

/** Every answer to this action lacks this member. */
const lacking = (action: string, member: string, lack: Lack) => {
  change = (called, answer) => (called === action ? without(answer, [member], lack) : answer)
}

const timesOf = (action: string) => calls.filter((called) => called === action).length

const templatesIn = (answer: Json) => answer.ProcedureTemplateSet as Json[]

const renamed = (answer: Json): Json => ({
  ...answer,
  ProcedureTemplateSet: templatesIn(answer).map((each) => ({ ...each, Name: 'another' })),
})

/** A listing that does not show moderation. */
const unmoderated = (answer: Json): Json => ({
  ...answer,
  TaskSet: (answer.TaskSet as Json[]).filter(({ TaskType }) => TaskType !== 'ReviewAudioVideo'),
})

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

  it.each([
    ['a task that VOD does not know', (TaskId: string) => TaskId.toUpperCase()],
    ['the task of another submission', () => system.vod.books().tasks[0]?.TaskId ?? ''],
  ])('that names %s: the event names the true one', async (_, wrong) => {
    await process(await system.media(), 'one')
    change = (action, answer) =>
      action === submit ? { ...answer, TaskId: wrong(String(answer.TaskId)) } : answer
    const FileId = await system.media('block')
    const outcome = await run(
      'processMediaByProcedure',
      { FileId, ProcedureName: 'two' },
      { delays: { ...delays, looks: ['1 hour'] } },
    )
    expect(outcome, outcome.reason).toMatchObject({
      status: 'succeeded',
      TaskId: system.tasksOf(FileId).find(({ TaskType }) => TaskType === 'Procedure')?.TaskId,
      moderation: { Suggestion: 'block' },
    })
  })

  it.each(members)('that names one task twice, in place of %s: both tasks are waited for', async (member) => {
    change = (action, answer) => {
      const [other] = members.filter((each) => each !== member)
      return action === submit ? { ...answer, [member]: answer[String(other)] } : answer
    }
    const FileId = await system.media('block')
    const outcome = await process(FileId, 'two')
    expect(outcome.tasks.map(({ TaskType }) => TaskType).toSorted(), outcome.reason).toEqual([
      'Procedure',
      'ReviewAudioVideo',
    ])
    expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'block' } })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it.each(['after', 'before'])(
    'that names no task, of something %s VOD: the request is sent again, and billed once',
    async (where) => {
      const isHollow = (action: string) => action === submit && timesOf(submit) === 1
      if (where === 'before') reaches = (action) => !isHollow(action)
      else change = (action, answer) => (isHollow(action) ? {} : answer)
      const FileId = await system.media()
      const outcome = await process(FileId, 'one')
      expect(outcome, outcome.reason).toMatchObject({ status: 'succeeded' })
      expect(system.tasksOf(FileId)).toHaveLength(1)
      expect(timesOf(submit)).toBe(2)
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
    const outcome = await process(FileId, 'review')
    expect(outcome).toMatchObject({ status: 'succeeded', attempts: [{ recovered: false }] })
    expect(outcome).not.toHaveProperty('TaskId')
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
    'without a TaskId, of a template %s that VOD no longer has: unknown, with the tasks that are listed',
    async (name, types) => {
      change = (action, answer) => {
        if (action === submit) return { ...answer, TaskId: '' }
        if (action !== 'DescribeProcedureTemplates') return answer
        return { ...answer, TotalCount: 0, ProcedureTemplateSet: [] }
      }
      const outcome = await process(await system.media(), name)
      expect(outcome.status, outcome.reason).toBe('unknown')
      expect(outcome.tasks.map(({ TaskType }) => TaskType).toSorted()).toEqual(types)
      expect(calls).toContain('DescribeTasks')
    },
  )

  it.each([
    ['null once', (answer: Json) => ({ ...answer, ProcedureTemplateSet: null })],
    ['of another name once', (answer: Json) => renamed(answer)],
  ])(
    'without a moderation that is listed late, next to templates %s: the moderation counts',
    async (_, odd) => {
      change = (action, answer) => {
        if (action === submit) return without(answer, ['ReviewAudioVideoTaskId'], 'absent')
        if (action === 'DescribeProcedureTemplates' && timesOf(action) === 1) return odd(answer)
        return action === 'DescribeTasks' && timesOf(action) === 1 ? unmoderated(answer) : answer
      }
      const outcome = await process(await system.media('block'), 'two')
      expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'block' } })
    },
  )

  it('without a moderation that is never listed, of a template whose change is in the future: unknown', async () => {
    change = (action, answer) => {
      if (action === submit) return without(answer, ['ReviewAudioVideoTaskId'], 'absent')
      if (action === 'DescribeTasks') return unmoderated(answer)
      if (action !== 'DescribeProcedureTemplates') return answer
      const UpdateTime = new Date(Date.now() + day).toISOString()
      return { ...answer, ProcedureTemplateSet: templatesIn(answer).map((each) => ({ ...each, UpdateTime })) }
    }
    const outcome = await process(await system.media('block'), 'two')
    expect(outcome.status, outcome.reason).toBe('unknown')
    expect(outcome.reason).toContain('ReviewAudioVideo')
  })

  it('that names its task costs no call more', async () => {
    await process(await system.media(), 'one')
    expect(calls.toSorted()).toEqual(['DescribeTaskDetail', submit])
  })
})

describe('a detail of a pull whose ProcedureTaskId is empty next to a review', () => {
  const pull = async (Procedure: string) => {
    const { MediaUrl } = system.vod.media(await system.media()) ?? {}
    return run('pullUpload', { MediaUrl, Procedure })
  }
  const reads = () => calls.filter((action) => action === 'DescribeTaskDetail').length

  it('is that of a template that only moderates', async () => {
    const outcome = await pull('review')
    expect(outcome.status, outcome.reason).toBe('succeeded')
    expect(outcome.tasks.map(({ TaskType }) => TaskType)).toEqual(['PullUpload', 'ReviewAudioVideo'])
    expect(reads()).toBe(2)
  })

  it('is read again, then unknown, where the template asks for a task flow', async () => {
    change = (action, answer) =>
      action === 'DescribeTaskDetail' && answer.PullUploadTask
        ? without(answer, ['PullUploadTask', 'ProcedureTaskId'], 'empty')
        : answer
    const outcome = await pull('two')
    expect(outcome.status).toBe('unknown')
    expect(outcome.reason).toContain('not named by ProcedureTaskId')
    expect(reads()).toBeGreaterThan(2)
  })
})

/** How often the detail of a task was asked for. */
const asked = () => timesOf('DescribeTaskDetail')

/** Runs an upload rule for a file, and returns how it ended, and how many tasks the file has. */
async function ruled(input: { readonly FileId: string; readonly [member: string]: unknown }) {
  const ended = await system.vodflow.client.workflow
    .execute('processUpload', {
      workflowId: `upload-${Math.random()}`,
      taskQueue: 'vodflow',
      args: [{ account, ...input, delays: { ...delays, uploadTasks: 50 } }],
    })
    .catch((error) => error.cause)
  return { ended, made: system.tasksOf(input.FileId).length }
}

describe('a detail of a task that only the event of an upload names', () => {
  const uploaded = async (alter: (detail: Json) => Json, of: 'upload' | 'another file' = 'upload') => {
    const [FileId, other] = [await upload('one'), await upload('one')]
    const named = of === 'upload' ? FileId : other
    const [task] = system.tasksOf(named)
    // The listing is late.
    change = (action, answer) => {
      if (action === 'DescribeTasks') return { ...answer, TaskSet: [] }
      return action === 'DescribeTaskDetail' ? alter(answer) : answer
    }
    return ruled({ FileId, tasks: [task?.TaskId], work: { ProcedureName: 'one' } })
  }
  const unless = (path: Path, lack: Lack) => (detail: Json) => without(detail, path, lack)
  const paths: readonly (readonly [Path, named: string])[] = [
    [['CreateTime'], 'CreateTime'],
    [['ProcedureTask'], 'FileId'],
    [['ProcedureTask', 'FileId'], 'FileId'],
  ]

  it.each(paths.flatMap(([path, named]) => lacks.map((lack) => [path, lack, named] as const)))(
    'whose %j is %s is asked for again, and nothing is submitted',
    async (path, lack, named) => {
      const { ended, made } = await uploaded(unless(path, lack))
      expect(ended).toMatchObject({ type: 'UploadUnknown', message: expect.stringContaining(named) })
      expect(asked()).toBe(2)
      expect(made).toBe(1)
    },
  )

  it.each(['2026-01-01 08:01:00', '0001-01-01', '1767225660'])(
    'whose CreateTime is %s is asked for again, and nothing is submitted',
    async (CreateTime) => {
      const { ended, made } = await uploaded((detail) => ({ ...detail, CreateTime }))
      expect(ended).toMatchObject({ type: 'UploadUnknown' })
      expect(made).toBe(1)
    },
  )

  it('that is incomplete once is believed when it is whole', async () => {
    const { ended, made } = await uploaded((detail) =>
      asked() === 1 ? without(detail, ['CreateTime'], 'empty') : detail,
    )
    expect(ended).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(made).toBe(1)
  })

  it('that is about another task is asked for again, and nothing is submitted', async () => {
    const { ended, made } = await uploaded((detail) => {
      const ProcedureTask = { ...(detail.ProcedureTask as Json), TaskId: 'another', FileId: 'another' }
      return { ...detail, ProcedureTask }
    })
    expect(ended).toMatchObject({ type: 'UploadUnknown', message: expect.stringContaining('TaskId') })
    expect(made).toBe(1)
  })

  it('and shows that it is of another file proves nothing', async () => {
    const { ended, made } = await uploaded((detail) => detail, 'another file')
    expect(ended).toMatchObject({ status: 'processed' })
    expect(made).toBe(2)
  })
})

describe('a detail of a task flow that another run asked for before the upload was announced', () => {
  const uploaded = async (ProcedureName: string, alter: (detail: Json) => Json) => {
    const FileId = await system.media()
    await process(FileId, 'one')
    change = (action, answer) => (action === 'DescribeTaskDetail' ? alter(answer) : answer)
    calls = []
    return ruled({ FileId, work: { ProcedureName } })
  }
  const results: Path = ['ProcedureTask', 'MediaProcessResultSet']

  it.each([
    ['absent', results],
    ['null', results],
    ['absent', [...results, 0, 'TranscodeTask']],
  ] as const)('whose %s results show nothing is read again, and nothing is submitted', async (lack, path) => {
    const { ended, made } = await uploaded('one', (detail) =>
      asked() <= 2 ? without(detail, path, lack) : detail,
    )
    expect(ended).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(made).toBe(1)
  })

  it.each([
    ['one', 'adopted', 1],
    ['other', 'processed', 2],
  ])(
    'that waits and shows no sub-task yet is read until it does; the rule has %s',
    async (name, status, tasks) => {
      const { ended, made } = await uploaded(name, (detail) => {
        if (asked() > 2) return detail
        const ProcedureTask = {
          ...(detail.ProcedureTask as Json),
          MediaProcessResultSet: [],
          Status: 'PROCESSING',
        }
        return { ...detail, Status: 'WAITING', ProcedureTask }
      })
      expect(ended).toMatchObject({ status })
      expect(made).toBe(tasks)
    },
  )

  it('that was aborted counts as nothing', async () => {
    const { ended, made } = await uploaded('one', (detail) =>
      asked() <= 2 ? { ...detail, Status: 'ABORTED' } : detail,
    )
    expect(ended).toMatchObject({ status: 'processed' })
    expect(made).toBe(2)
  })

  const about = (detail: Json, task: Json) => ({
    ...detail,
    ProcedureTask: { ...(detail.ProcedureTask as Json), ...task },
  })
  const firstResult = (detail: Json, alter: (item: Json) => Json) => {
    const [first, ...others] = (detail.ProcedureTask as Json).MediaProcessResultSet as Json[]
    return about(detail, { MediaProcessResultSet: [alter(first as Json), ...others] })
  }
  const withDefinition = (item: Json, Definition: unknown): Json => {
    const task = item.TranscodeTask as Json
    return { ...item, TranscodeTask: { ...task, Input: { ...(task.Input as Json), Definition } } }
  }
  const odd: [string, (detail: Json) => Json][] = [
    ['has ended without a sub-task', (detail) => about(detail, { MediaProcessResultSet: [] })],
    ['shows another definition', (detail) => firstResult(detail, (item) => withDefinition(item, 100020))],
    ['is about another file', (detail) => about(detail, { FileId: '528' })],
    ['names another task', (detail) => about(detail, { TaskId: 'another' })],
    ['is of another type', (detail) => ({ ...detail, TaskType: 'EditMedia' })],
  ]

  it.each(odd)('that %s once is read again, and nothing is submitted', async (_, alter) => {
    const { ended, made } = await uploaded('one', (detail) => (asked() === 1 ? alter(detail) : detail))
    expect(ended).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(made).toBe(1)
  })

  it('that names another task once, and does other work, counts as other work', async () => {
    const { ended, made } = await uploaded('other', (detail) =>
      asked() === 1 ? about(detail, { TaskId: 'another' }) : detail,
    )
    expect(ended).toMatchObject({ status: 'processed' })
    expect(made).toBe(2)
  })

  it.each<[string, (detail: Json) => Json]>([
    ['has ended without a sub-task', (detail) => about(detail, { MediaProcessResultSet: [] })],
    ['shows a Definition of 0', (detail) => firstResult(detail, (item) => withDefinition(item, 0))],
    [
      'shows a Type in small letters',
      (detail) => firstResult(detail, (item) => ({ ...item, Type: 'transcode' })),
    ],
  ])('that always %s counts as the same work', async (_, alter) => {
    const { made } = await uploaded('one', alter)
    expect(made).toBe(1)
    expect(calls).not.toContain(submit)
  })

  it('that is always about another file ends the run, and nothing is submitted', async () => {
    const { ended, made } = await uploaded('one', (detail) => about(detail, { FileId: '528' }))
    expect(ended).toMatchObject({
      type: 'UploadUnknown',
      message: expect.stringContaining('about another file'),
    })
    expect(calls).not.toContain(submit)
    expect(made).toBe(1)
  })
})

describe('an answer about the tasks or the template of an upload that is processed already', () => {
  const uploaded = async (alter: (action: string, answer: Json) => Json) => {
    const FileId = await system.media()
    await process(FileId, 'one')
    calls = []
    change = alter
    return ruled({ FileId, work: { ProcedureName: 'one' } })
  }
  const onceOf = (action: string, alter: (answer: Json) => Json) => (called: string, answer: Json) =>
    called === action && timesOf(action) === 1 ? alter(answer) : answer

  it.each<[string, (answer: Json) => Json]>([
    ['templates of null', (answer) => ({ ...answer, ProcedureTemplateSet: null })],
    ['no template', (answer) => ({ ...answer, ProcedureTemplateSet: [] })],
    [
      'no template and a TotalCount of 0',
      (answer) => ({ ...answer, TotalCount: 0, ProcedureTemplateSet: [] }),
    ],
    ['another template', renamed],
  ])('that has %s once is asked for again, and nothing is submitted', async (_, alter) => {
    const { ended, made } = await uploaded(onceOf('DescribeProcedureTemplates', alter))
    expect(ended).toMatchObject({ status: 'adopted' })
    expect(made).toBe(1)
  })

  it.each<[string, (answer: Json) => Json]>([
    ['an empty page, and goes on', (answer) => ({ ...answer, TaskSet: [], ScrollToken: 'more' })],
    ['no task', (answer) => ({ ...answer, TaskSet: [] })],
  ])('whose first listing has %s is not the last, and nothing is submitted', async (_, alter) => {
    const { ended, made } = await uploaded(onceOf('DescribeTasks', alter))
    expect(ended).toMatchObject({ status: 'adopted' })
    expect(made).toBe(1)
  })

  it('whose second listing has no task is completed by the first', async () => {
    const { ended, made } = await uploaded((action, answer) =>
      action === 'DescribeTasks' && timesOf(action) > 1 ? { ...answer, TaskSet: [] } : answer,
    )
    expect(ended).toMatchObject({ status: 'adopted' })
    expect(made).toBe(1)
  })

  it.each([
    ['once is listed again', 2, { status: 'adopted', outcome: { status: 'succeeded' } }],
    ['always ends the run', Number.POSITIVE_INFINITY, { type: 'UploadUnknown' }],
  ] as const)(
    'that lists a task of another file %s, and nothing is submitted',
    async (_, times, end) => {
      const foreign = await process(await system.media(), 'other')
      const { ended, made } = await uploaded((action, answer) => {
        if (action !== 'DescribeTasks' || timesOf(action) > times) return answer
        const TaskSet = (answer.TaskSet as Json[]).map((task) => ({ ...task, TaskId: foreign.TaskId }))
        return { ...answer, TaskSet }
      })
      expect(ended).toMatchObject(end)
      expect(made).toBe(1)
    },
    180_000,
  )
})

describe('a detail that is repaired', () => {
  const InternalError = { kind: 'failSubTask', Type: 'Transcode', code: 'InternalError', times: 1 } as const
  const definitions = [100010, 100020]
  beforeAll(() => {
    const TranscodeTaskSet = definitions.map((Definition) => ({ Definition }))
    const template = { Name: 'pair', MediaProcessTask: { TranscodeTaskSet } }
    return system.vodClient.call('CreateProcedureTemplate', template)
  })
  afterEach(() => system.vod.faults.clear())

  /** Every detail shows these results. */
  const showing = (results: (shown: Json[]) => Json[]) => {
    change = (action, answer) => {
      const task = answer.ProcedureTask as Json | null
      if (action !== 'DescribeTaskDetail' || !task) return answer
      const MediaProcessResultSet = results(task.MediaProcessResultSet as Json[])
      return { ...answer, ProcedureTask: { ...task, MediaProcessResultSet } }
    }
  }
  const repairing = async () => {
    system.vod.faults.add(InternalError)
    const FileId = await system.media()
    const outcome = await run(
      'processMediaByProcedure',
      { FileId, ProcedureName: 'pair' },
      { onPartial: 'repair' },
    )
    return { outcome, made: system.tasksOf(FileId).map(({ subTasks }) => subTasks.length) }
  }
  const withInput = (item: Json, Input: unknown): Json => ({
    ...item,
    TranscodeTask: { ...(item.TranscodeTask as Json), Input },
  })
  const isFailed = ({ TranscodeTask }: Json) => (TranscodeTask as Json).Status === 'FAIL'

  it.each([
    ['absent', undefined],
    ['null', null],
    ['empty', {}],
    ['without a Definition', { Definition: 0 }],
    ['of another type', 'seven'],
  ])('where the Input of what failed is %s: nothing is repaired by guess', async (_, Input) => {
    showing((shown) => shown.map((item) => (isFailed(item) ? withInput(item, Input) : item)))
    const { outcome, made } = await repairing()
    expect(outcome).toMatchObject({ status: 'partial', reason: expect.stringContaining('Not repaired') })
    expect(made).toEqual([2])
  })

  it('that shows what failed twice is not repaired twice', async () => {
    showing((shown) => [...shown, ...shown.filter(isFailed)])
    const { outcome, made } = await repairing()
    expect(outcome).toMatchObject({ status: 'partial', reason: expect.stringContaining('Not repaired') })
    expect(made).toEqual([2])
  })

  it.each([
    ['empty', {}],
    ['null', null],
    ['that of another definition', { Definition: 100030 }],
  ])('whose repair succeeds is repaired once, also where the Input of the repair is %s', async (_, Input) => {
    showing((shown) => (shown.length === 1 ? shown.map((item) => withInput(item, Input)) : shown))
    const { outcome, made } = await repairing()
    expect(made).toEqual([2, 1])
    expect(outcome.attempts).toHaveLength(2)
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
    // An answer that names no task counts as lost, so the request is sent again.
    expect(outcome.attempts).toMatchObject([{ recovered: true }])
  })
})
