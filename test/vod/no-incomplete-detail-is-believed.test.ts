import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { describeTaskDetail } from '../../src/activities/describeTaskDetail.js'
import type { ReadResult } from '../../src/contract/activities.js'
import { askedOf } from '../../src/contract/asked.js'
import { moderationOf } from '../../src/contract/moderation.js'
import { countsOf, isTerminal, type TaskReading } from '../../src/contract/outcome.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'
import { startAltered } from '../support/altered.js'
import { type Lack, lacks, type Path, pathsOf, without } from '../support/lacking.js'

type Json = Record<string, unknown>

const day = 24 * 60 * 60_000
const keys = { secretId: 'id', secretKey: 'key' }
const macKeys = parseMacKeys(`test:${'0123456789abcdef'.repeat(2)}`)
const sets = {
  TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }],
  AnimatedGraphicTaskSet: [{ Definition: 20000, StartTimeOffset: 0, EndTimeOffset: 1 }],
  SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['0s'] }],
  SampleSnapshotTaskSet: [{ Definition: 10 }],
  ImageSpriteTaskSet: [{ Definition: 10 }],
  CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Time', PositionValue: 0 }],
  AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
}
/** What each action is asked for: a task of every type that a step waits for, ImportMediaKnowledge apart. */
const requests = {
  ProcessMedia: {
    MediaProcessTask: sets,
    AiContentReviewTask: { Definition: 10 },
    AiAnalysisTask: { Definition: 10 },
    AiRecognitionTask: { Definition: 10 },
  },
  ProcessMediaByProcedure: { ProcedureName: 'all' },
  ReviewAudioVideo: { ReviewContents: ['Media', 'Cover'], Definition: 10 },
  PullUpload: { Procedure: 'both' },
  EditMedia: { InputType: 'File', ProcedureName: 'both' },
  ComposeMedia: { Output: { FileName: 'c' } },
  SplitMedia: {
    Segments: [
      { StartTimeOffset: 0, EndTimeOffset: 1 },
      { StartTimeOffset: 1, EndTimeOffset: 2, ProcedureName: 'both' },
    ],
  },
} as const
type Action = keyof typeof requests
const actions = Object.keys(requests) as Action[]
const flows: Partial<Record<Action, number>> = { PullUpload: 1, EditMedia: 1, SplitMedia: 1 }

let vod: Emulator
let client: VodClient
let answer: Json
/** What is between vodflow and the templates. */
let templates: (ask: () => Promise<Json>) => Promise<Json | undefined>
let calls: string[]
let through: VodClient
let altered: Awaited<ReturnType<typeof startAltered>>
const TaskIds = {} as Record<Action, string>
const details = {} as Record<Action, Json>

beforeAll(async () => {
  vod = await startEmulator({ ...keys, media: 'instant', taskTime: 1, reviewTime: 1 })
  client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  // A template that is as young as a task may have been changed after it.
  vod.switches.ignoreSkew = true
  vod.clock.advance(-day)
  const file = join(tmpdir(), `vodflow-incomplete-${process.pid}.mp4`)
  await writeFile(file, '')
  const { FileId, MediaUrl } = await vod.upload(file)
  await client.call('CreateProcedureTemplate', { Name: 'all', MediaProcessTask: sets })
  await client.call('CreateProcedureTemplate', { Name: 'with ai', ...requests.ProcessMedia })
  const MediaProcessTask = { TranscodeTaskSet: [{ Definition: 100010 }] }
  const ReviewAudioVideoTask = { Definition: 10 }
  await client.call('CreateProcedureTemplate', { Name: 'both', MediaProcessTask, ReviewAudioVideoTask })
  await client.call('CreateProcedureTemplate', { Name: 'review', ReviewAudioVideoTask })
  vod.clock.advance(day)
  vod.switches.ignoreSkew = false
  const media: Record<Action, Json> = {
    ProcessMedia: { FileId },
    ProcessMediaByProcedure: { FileId },
    ReviewAudioVideo: { FileId },
    PullUpload: { MediaUrl },
    EditMedia: { FileInfos: [{ FileId }] },
    ComposeMedia: {
      Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: FileId } }] }],
    },
    SplitMedia: { FileId },
  }
  for (const action of actions) {
    // The local VOD takes no AI tasks in ProcessMedia: a template makes the same task of it.
    const { TaskId } =
      action === 'ProcessMedia'
        ? await client.send('ProcessMediaByProcedure', { FileId, ProcedureName: 'with ai' })
        : await client.send(action, { ...requests[action], ...media[action] })
    TaskIds[action] = String(TaskId)
    await vi.waitFor(async () => {
      details[action] = await client.send('DescribeTaskDetail', { TaskId })
      expect(details[action].Status).toBe('FINISH')
    })
  }
  altered = await startAltered(
    { endpoint: vod.endpoint, credentials: keys },
    async (action, request, send) => {
      calls.push(action)
      return action === 'DescribeTaskDetail' ? answer : templates(() => send(request))
    },
  )
  through = createVodClient({ endpoint: altered.endpoint, credentials: keys })
})
beforeEach(() => {
  calls = []
  templates = (ask) => ask()
})
afterAll(async () => {
  altered?.close()
  await vod?.close()
})

/** The reading that a step gets of an answer that VOD repeats, or why the activity asks again. */
async function read(
  action: Action,
  change: (detail: Json) => Json,
  procedures: Readonly<Record<string, number>> = { both: flows[action] ?? 0 },
): Promise<TaskReading | string> {
  answer = change(details[action])
  const read = describeTaskDetail({
    clientFor: () => through,
    macKeys,
    allow: [],
    keepSwept: () => {},
  })
  const asked = askedOf(action, requests[action])
  const look = {
    account: 'default',
    TaskId: TaskIds[action],
    waits: [],
    lag: [],
    untilTerminal: false,
    flows: flows[action] ?? 0,
    procedures,
    ...(asked ? { asked } : {}),
  }
  try {
    const looked: ReadResult = await new MockActivityEnvironment().run(read, look)
    if (looked.kind !== 'seen') return looked.kind
    return looked.namesNone ? 'the answer does not name the task' : looked.reading
  } catch (error) {
    return String(error)
  }
}

/** What somebody relies on who takes a reading for a success. */
const reliedOn = ({
  TaskType,
  Status,
  parts = [],
  newFileIds,
  verdicts = [],
  started = [],
}: TaskReading) => ({
  TaskType,
  Status,
  parts: parts.map(({ Type, status }) => ({ Type, status })),
  newFileIds,
  verdicts: verdicts.map(({ of, Suggestion }) => `${of} ${Suggestion}`).toSorted(),
  started,
})

/** It says that something is missing: by an end that nobody knows, or by a verdict that nobody may take for a pass. */
function admits(reading: TaskReading): boolean {
  const lacksVerdict = reading.verdicts?.some(({ Suggestion }) => Suggestion === undefined) === true
  const { TaskType } = reading
  return (
    !isTerminal(reading.Status) ||
    countsOf(reading).unknown > 0 ||
    (lacksVerdict && moderationOf([{ TaskType, reading }]) === undefined)
  )
}

async function expectNoneBelieved(action: Action, path: Path, lack: Lack) {
  const reading = await read(action, (detail) => without(detail, path, lack))
  if (typeof reading === 'string' || admits(reading) || countsOf(reading).failed > 0) return
  const whole = await read(action, (detail) => detail)
  if (typeof whole === 'string') throw new Error(whole)
  expect(reliedOn(reading), `${path.join('.')} ${lack}`).toEqual(reliedOn(whole))
}

it.each(actions)('a whole detail of %s has succeeded', async (action) => {
  const reading = (await read(action, (detail) => detail)) as TaskReading
  expect(countsOf(reading), JSON.stringify(reading.parts)).toMatchObject({
    failed: 0,
    aborted: 0,
    unknown: 0,
  })
  expect(countsOf(reading).succeeded).toBeGreaterThan(0)
})

const result = (member: string, Output: string) => ({ member, Output })
/** Each member that a success is read from, and the members of the detail that lead to it. */
const media = {
  Transcode: result('TranscodeTask', 'Url'),
  AnimatedGraphics: result('AnimatedGraphicTask', 'Url'),
  SnapshotByTimeOffset: result('SnapshotByTimeOffsetTask', 'PicInfoSet'),
  SampleSnapshot: result('SampleSnapshotTask', 'ImageUrlSet'),
  ImageSprites: result('ImageSpriteTask', 'ImageUrlSet'),
  CoverBySnapshot: result('CoverBySnapshotTask', 'CoverUrl'),
  AdaptiveDynamicStreaming: result('AdaptiveDynamicStreamingTask', 'Url'),
}

const ofAResult = Object.entries(media).flatMap(([Type, { member, Output }]) => {
  const fields = [[], [member], [member, 'Status'], [member, 'Output'], [member, 'Output', Output]]
  return fields.map((path) => [Type, path] as const)
})

/** Fields without which nobody knows how a task ended: each is said by name. */
const fields: readonly (readonly [Action, Path, named: string])[] = [
  ...actions.flatMap((action): [Action, Path, string][] => [
    [action, ['TaskType'], 'TaskType'],
    [action, ['Status'], 'Status'],
  ]),
  ['ProcessMediaByProcedure', ['ProcedureTask'], 'ProcedureTask'],
  ['ProcessMediaByProcedure', ['ProcedureTask', 'MediaProcessResultSet'], 'MediaProcessResultSet'],
  ['ProcessMedia', ['ProcedureTask', 'AiAnalysisResultSet'], 'AiAnalysisResultSet'],
  ['ProcessMedia', ['ProcedureTask', 'AiRecognitionResultSet'], 'AiRecognitionResultSet'],
  ['ProcessMedia', ['ProcedureTask', 'AiContentReviewResultSet'], 'AiContentReviewResultSet'],
  ['ReviewAudioVideo', ['ReviewAudioVideoTask'], 'ReviewAudioVideoTask'],
  ['ReviewAudioVideo', ['ReviewAudioVideoTask', 'Output'], 'Output.Suggestion'],
  ['ReviewAudioVideo', ['ReviewAudioVideoTask', 'Output', 'Suggestion'], 'Output.Suggestion'],
  ['PullUpload', ['PullUploadTask'], 'PullUploadTask'],
  ['PullUpload', ['PullUploadTask', 'FileId'], 'FileId'],
  ['PullUpload', ['PullUploadTask', 'ProcedureTaskId'], 'ProcedureTaskId'],
  ['EditMedia', ['EditMediaTask', 'Output'], 'Output.FileId'],
  ['EditMedia', ['EditMediaTask', 'Output', 'FileId'], 'Output.FileId'],
  ['EditMedia', ['EditMediaTask', 'ProcedureTaskId'], 'ProcedureTaskId'],
  ['ComposeMedia', ['ComposeMediaTask', 'Output'], 'Output.FileId'],
  ['ComposeMedia', ['ComposeMediaTask', 'Output', 'FileId'], 'Output.FileId'],
  ['SplitMedia', ['SplitMediaTask', 'FileInfoSet'], 'FileInfoSet'],
  ['SplitMedia', ['SplitMediaTask', 'FileInfoSet', 0], 'SplitMedia'],
  ['SplitMedia', ['SplitMediaTask', 'FileInfoSet', 0, 'Output'], 'Output.FileId'],
  ['SplitMedia', ['SplitMediaTask', 'FileInfoSet', 0, 'Output', 'FileId'], 'Output.FileId'],
  ['SplitMedia', ['SplitMediaTask', 'FileInfoSet', 1, 'ProcedureTaskId'], 'ProcedureTaskId'],
]

describe('a field that an end is read from', () => {
  it.each(fields)('of %s: %j', async (action, path) => {
    for (const lack of lacks) {
      if (isVodsWord(action, path, lack)) continue
      const reading = await read(action, (detail) => without(detail, path, lack))
      if (typeof reading !== 'string')
        expect(admits(reading), `${lack}: ${JSON.stringify(reading)}`).toBe(true)
    }
  })

  it.each(ofAResult)('of the result of a %s: %j', async (Type, path) => {
    const { ProcedureTask } = details.ProcessMediaByProcedure as { ProcedureTask: Json }
    const index = (ProcedureTask.MediaProcessResultSet as Json[]).findIndex((item) => item.Type === Type)
    const all = ['ProcedureTask', 'MediaProcessResultSet', index, ...path]
    for (const lack of lacks) {
      if (isVodsWord('ProcessMediaByProcedure', all, lack)) continue
      const reading = await read('ProcessMediaByProcedure', (detail) => without(detail, all, lack))
      expect(countsOf(reading as TaskReading), lack).toMatchObject({ unknown: 1 })
    }
  })
})

describe('the reason names', () => {
  it.each(fields.filter(([, , named]) => !['TaskType', 'Status'].includes(named)))(
    'of %s: %j as %s',
    async (action, path, named) => {
      const reading = (await read(action, (detail) => without(detail, path, 'null'))) as TaskReading
      if (typeof reading === 'string') return
      const said = reading.parts.filter(({ status }) => status === 'unknown')
      expect(said.map(({ Type, Message }) => `${Type} ${Message}`).join(', ')).toContain(named)
    },
  )

  it('the member of a result', async () => {
    const path = ['ProcedureTask', 'MediaProcessResultSet', 0, 'TranscodeTask', 'Output']
    const { parts } = (await read('ProcessMediaByProcedure', (detail) =>
      without(detail, path, 'null'),
    )) as TaskReading
    expect(parts[0]).toMatchObject({ status: 'unknown', Message: 'SUCCESS without Output.Url' })
  })
})

const refusing = (Code: string) => async () => ({ Error: { Code, Message: 'no' } })

describe('a task flow whose ProcedureTaskId is empty next to a review', () => {
  const places: readonly (readonly [Action, Path])[] = [
    ['PullUpload', ['PullUploadTask']],
    ['EditMedia', ['EditMediaTask']],
    ['SplitMedia', ['SplitMediaTask', 'FileInfoSet', 1]],
  ]
  const withoutFlow = (path: Path) => (detail: Json) => without(detail, [...path, 'ProcedureTaskId'], 'empty')
  const named = 'is not named by ProcedureTaskId and ReviewAudioVideoTaskId'

  describe.each(places)('of %s', (action, path) => {
    const readBy = async (procedures: Readonly<Record<string, number>>) =>
      (await read(action, withoutFlow(path), procedures)) as TaskReading

    it('is whole where the template only moderates', async () => {
      const reading = await readBy({ review: 1 })
      expect(countsOf(reading).unknown, JSON.stringify(reading.parts)).toBe(0)
      expect(reading.started).toMatchObject([{ TaskType: 'ReviewAudioVideo' }])
    })

    it('is unknown where the template asks for more, and its reason names the member', async () => {
      const reading = await readBy({ both: 1 })
      expect(countsOf(reading).unknown).toBe(1)
      expect(reading.parts.map(({ Message }) => Message)).toContainEqual(expect.stringContaining(named))
    })

    it.each<[string, typeof templates]>([
      ['is not there', async () => ({ TotalCount: 0, ProcedureTemplateSet: [] })],
      ['is refused by its name', refusing('InvalidParameterValue.Names')],
      ['is not found', refusing('ResourceNotFound')],
      [
        'was changed since',
        async (ask) => {
          const { TotalCount, ProcedureTemplateSet } = (await ask()) as { [name: string]: Json[] }
          const UpdateTime = new Date().toISOString()
          return {
            TotalCount,
            ProcedureTemplateSet: ProcedureTemplateSet?.map((each) => ({ ...each, UpdateTime })),
          }
        },
      ],
    ])('is unknown where the template %s', async (_, between) => {
      templates = between
      expect(countsOf(await readBy({ review: 1 })).unknown).toBe(1)
    })

    it.each<[string, typeof templates]>([
      ['UnauthorizedOperation', refusing('UnauthorizedOperation')],
      ['RequestLimitExceeded', refusing('RequestLimitExceeded')],
      ['InternalError', refusing('InternalError')],
      ['ClientError', async () => undefined],
      ['ClientError.BadResponse', async () => ({ TotalCount: 1 })],
    ])('is read again where the read of the template fails with %s', async (code, between) => {
      templates = between
      expect(await read(action, withoutFlow(path), { review: 1 })).toContain(code)
    })
  })

  it('costs no call where the task flow is named', async () => {
    await read('PullUpload', (detail) => detail)
    expect(calls).toEqual(['DescribeTaskDetail'])
  })
})

it('no detail that lacks any value is taken for the whole', async () => {
  const cases = actions.flatMap((action) => pathsOf(details[action]).map((path) => ({ action, path })))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...cases), fc.constantFrom(...lacks), ({ action, path }, lack) => {
      fc.pre(!isVodsWord(action, path, lack))
      return expectNoneBelieved(action, path, lack)
    }),
    { numRuns: 500 },
  )
})

/**
 * What VOD writes of a flow that did nothing, or where no such task was asked for; and one result of several, where a template says how
 * many there are. Nobody but the template knows better.
 */
function isVodsWord(action: Action, path: Path, lack: Lack): boolean {
  const [name, set] = [String(path.at(-1)), String(path.at(-2))]
  if (lack === 'empty') return ['ReviewAudioVideoTaskId', 'MediaProcessResultSet'].includes(name)
  const isCounted = action === 'ProcessMedia' && set === 'MediaProcessResultSet'
  return lack === 'absent' && set.endsWith('ResultSet') && !isCounted
}
