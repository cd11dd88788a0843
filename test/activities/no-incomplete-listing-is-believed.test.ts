import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBatch } from '../../src/activities/batch/openBatch.js'
import { startRuns } from '../../src/activities/batch/startRuns.js'
import { confirmUpload } from '../../src/activities/confirmUpload.js'
import type { ActivityContext } from '../../src/activities/context.js'
import { describeTasks } from '../../src/activities/describeTasks.js'
import { findPulled } from '../../src/activities/findPulled.js'
import { findUploadTasks } from '../../src/activities/findUploadTasks.js'
import { readMediaOutputs } from '../../src/activities/readMediaOutputs.js'
import { readTemplateTasks } from '../../src/activities/readTemplateTasks.js'
import type {
  MediaOutputs,
  PullSearchResult,
  TaskSearchResult,
  TemplateTasks,
  UploadTasks,
} from '../../src/contract/activities.js'
import type { OpenedBatch, StartResults } from '../../src/contract/batchActivities.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { markedSource } from '../../src/contract/seal/sourceMark.js'
import { sealSessionContext } from '../../src/contract/seal/token.js'
import type { ConfirmedUpload } from '../../src/contract/upload.js'
import { createVodClient } from '../../src/vod/client.js'
import { type Lack, lacks, type Path, without } from '../support/lacking.js'
import { type OddVod, startOddVod } from '../support/oddVod.js'

const macKeys = parseMacKeys(`test:${'0123456789abcdef'.repeat(2)}`)
const SessionId = 'a'.repeat(40)
const app = { account: 'default' }
const url = 'https://v/1'

let vod: OddVod
let context: ActivityContext
beforeAll(async () => {
  vod = await startOddVod()
  const client = createVodClient({ endpoint: vod.endpoint, credentials: { secretId: 'i', secretKey: 'k' } })
  context = { clientFor: () => client, macKeys, allow: [], keepSwept: () => {} }
})
afterAll(() => vod.close())

/** What the activity returns of an answer, or `undefined` where it asks again. */
async function outcomeOf<T>(activity: (given: never) => Promise<T>, given: object): Promise<T | undefined> {
  const result: Promise<T> = new MockActivityEnvironment().run(activity as never, given)
  return result.catch(() => undefined)
}

const task = (TaskType: string) => ({
  TaskId: `1-${TaskType}-a`,
  TaskType,
  Status: 'PROCESSING',
  FileId: '528',
  CreateTime: '2026-01-01T00:00:00Z',
  BeginProcessTime: '',
  FinishTime: '',
  SessionId,
  SessionContext: '',
})
const cases = (paths: readonly Path[]) => paths.flatMap((path) => lacks.map((lack) => [path, lack] as const))

describe('an answer to DescribeTasks', () => {
  const types = ['Procedure', 'ReviewAudioVideo']
  const answer = { TaskSet: types.map(task), ScrollToken: '' }
  const search = {
    ...app,
    SessionId,
    FileId: '528',
    expected: types,
    settleMs: 0,
    waits: [0],
    giveUpAfter: -1,
  }
  const find = async (given: object) => {
    vod.answer('DescribeTasks', given as Record<string, unknown>)
    return outcomeOf<TaskSearchResult>(describeTasks(context) as never, search)
  }

  it('with all of them names each task', async () => {
    expect((await find(answer))?.tasks.map(({ TaskType }) => TaskType)).toEqual(types)
  })

  it.each(
    cases([
      ['TaskSet'],
      ['TaskSet', 1],
      ['TaskSet', 1, 'TaskId'],
      ['TaskSet', 1, 'TaskType'],
      ['TaskSet', 1, 'SessionId'],
    ]),
  )('whose %j is %s names not every task that was asked for', async (path, lack) => {
    const found = await find(without(answer, path, lack))
    expect(found?.tasks.map(({ TaskType }) => TaskType) ?? []).not.toEqual(types)
  })

  it('that shows a task twice names it once', async () => {
    expect((await find({ ...answer, TaskSet: [...answer.TaskSet, ...answer.TaskSet] }))?.tasks).toHaveLength(
      2,
    )
  })

  it.each(lacks)('of 100 tasks whose ScrollToken is %s ends only where VOD says so', async (lack) => {
    const page = { TaskSet: Array.from({ length: 100 }, () => task('EditMedia')), ScrollToken: 'next' }
    const found = await find(without(page, ['ScrollToken'], lack))
    if (lack === 'empty') expect(found?.tasks).toHaveLength(1)
    else expect(found).toBeUndefined()
  })

  it('about a template that was changed since is read until it has settled, and whole', async () => {
    const changed = { ...search, changedAt: Date.now(), giveUpAfter: 60_000 }
    const shown = async (TaskSet: readonly object[], given: object) => {
      vod.answer('DescribeTasks', { TaskSet, ScrollToken: '' })
      return (await outcomeOf<TaskSearchResult>(describeTasks(context) as never, given))?.tasks.length
    }
    expect(await shown(answer.TaskSet, changed)).toBe(2)
    expect(await shown(answer.TaskSet, { ...changed, settleMs: 30_000 })).toBeUndefined()
    expect(await shown([task('Procedure')], changed)).toBeUndefined()
    expect(await shown([task('Procedure')], { ...changed, giveUpAfter: -1 })).toBe(1)
  })
})

describe('an answer to DescribeTasks about an upload', () => {
  const CreateTime = '2026-01-01T00:00:00Z'
  const flow = { ...task('Procedure'), SessionId: '', CreateTime: '2026-01-01T00:01:00Z' }
  const answer = { TaskSet: [flow], ScrollToken: '' }
  const find = async (given: object) => {
    return (await listed(given))?.tasks
  }
  const listed = (given: object) => {
    vod.answer('DescribeTasks', given as Record<string, unknown>)
    const upload = { ...app, FileId: '528', CreateTime }
    return outcomeOf<UploadTasks>(findUploadTasks(context) as never, upload)
  }

  it('names what the upload has started, or nothing', async () => {
    const { TaskId, TaskType } = flow
    expect(await find(answer)).toEqual([{ TaskId, TaskType }])
    expect(await find({ TaskSet: [], ScrollToken: '' })).toEqual([])
    expect(await find({ TaskSet: [{ ...flow, CreateTime: '2026-01-01T08:30:00+08:00' }] })).toEqual([])
  })

  it.each(['"1-a"', ' 1-a', '1-a\0', 'null'])('with the TaskId %j is read again', async (TaskId) => {
    expect(await find({ TaskSet: [{ ...flow, TaskId }], ScrollToken: '' })).toBeUndefined()
  })

  it('that shows a task twice names it once', async () => {
    expect(await find({ ...answer, TaskSet: [flow, flow] })).toHaveLength(1)
  })

  it('names also what others have asked for, and each run of ours', async () => {
    const address = {
      namespace: 'default',
      account: 'default',
      workflowId: 'night/528',
      chain: 'c',
      SessionId,
    }
    const others = [
      { ...task('Procedure'), TaskId: 'theirs' },
      { ...task('ReviewAudioVideo'), TaskId: 'ours', SessionContext: sealSessionContext(address, macKeys) },
      { ...flow, TaskId: 'later', CreateTime: '2026-01-01T01:00:00Z' },
    ]
    const { TaskId, TaskType } = flow
    expect(await listed({ ...answer, TaskSet: [flow, ...others, task('EditMedia')] })).toEqual({
      tasks: [{ TaskId, TaskType }],
      others: [
        { TaskId: 'theirs', TaskType: 'Procedure' },
        { TaskId: 'ours', TaskType: 'ReviewAudioVideo', workflowId: 'night/528' },
        { TaskId: 'later', TaskType: 'Procedure' },
      ],
    })
  })

  it.each(['TaskId', 'TaskType'])(
    'that lacks the %s of a task of others is asked for again',
    async (member) => {
      const theirs = { ...task('Procedure'), [member]: '' }
      expect(await listed({ ...answer, TaskSet: [flow, theirs] })).toBeUndefined()
    },
  )

  it.each(['procedure', 'REVIEWAUDIOVIDEO', 'Procedure '])(
    'that writes a TaskType as %j is asked for again',
    async (TaskType) => {
      expect(await find({ ...answer, TaskSet: [{ ...flow, TaskType }] })).toBeUndefined()
    },
  )

  it('that has more pages is read to its end', async () => {
    const pages = [
      { TaskSet: [{ ...flow, TaskId: 'first' }], ScrollToken: 'b' },
      { TaskSet: [], ScrollToken: 'c' },
      { TaskSet: [flow, { ...task('Procedure'), TaskId: 'theirs' }], ScrollToken: '' },
    ]
    const tokens = ['', 'b', 'c']
    let heartbeatDetails: unknown
    for (const page of pages) {
      const asked: unknown[] = []
      const call = async (_: string, { ScrollToken = '' }) => {
        asked.push(ScrollToken)
        return page
      }
      const activity = findUploadTasks({
        ...context,
        clientFor: () => ({ call }),
      } as unknown as ActivityContext)
      const environment = new MockActivityEnvironment({ heartbeatDetails })
      environment.on('heartbeat', (details) => {
        heartbeatDetails = details
      })
      const found = environment.run(activity as never, { ...app, FileId: '528', CreateTime })
      if (page.ScrollToken !== '') await expect(found).rejects.toMatchObject({ type: 'NotYet' })
      else
        expect(await found).toMatchObject({
          tasks: [{ TaskId: 'first' }, { TaskId: flow.TaskId }],
          others: [{ TaskId: 'theirs' }],
        })
      expect(asked).toEqual([tokens.shift()])
    }
  })

  it('that has no end fails the run, and so does one of too many task flows', async () => {
    const failed = (heartbeatDetails: unknown, TaskSet: readonly object[]) => {
      vod.answer('DescribeTasks', { TaskSet, ScrollToken: 'more' })
      const environment = new MockActivityEnvironment({ heartbeatDetails })
      const upload = { ...app, FileId: '528', CreateTime }
      return environment.run(findUploadTasks(context) as never, upload).catch((error) => error)
    }
    const unknown = { type: 'UploadUnknown', nonRetryable: true }
    expect(await failed({ ScrollToken: 'x', page: 49, tasks: [], others: [] }, [flow])).toMatchObject(unknown)
    const others = Array.from({ length: 200 }, (_, index) => ({ TaskId: `${index}`, TaskType: 'Procedure' }))
    expect(await failed({ ScrollToken: 'x', page: 2, tasks: [], others }, [task('Procedure')])).toMatchObject(
      unknown,
    )
  })

  it('that shows a task flow of another media file is asked for again', async () => {
    expect(await find({ ...answer, TaskSet: [{ ...flow, FileId: '999' }] })).toBeUndefined()
  })

  // An empty list is how VOD says that there is none.
  const incomplete = cases([
    ['TaskSet'],
    ['TaskSet', 0, 'TaskId'],
    ['TaskSet', 0, 'TaskType'],
    ['TaskSet', 0, 'CreateTime'],
  ]).filter(([path, lack]) => path.length > 1 || lack !== 'empty')
  it.each(incomplete)('whose %j is %s is asked for again', async (path, lack) => {
    expect(await find(without(answer, path, lack))).toBeUndefined()
  })

  it.each(['2026-01-01 08:01:00', '0001-01-01', '1767225660', '2026-13-01T00:00:00Z'])(
    'whose CreateTime is %j is asked for again',
    async (odd) => {
      expect(await find({ ...answer, TaskSet: [{ ...flow, CreateTime: odd }] })).toBeUndefined()
    },
  )
})

describe('an answer to SearchMedia', () => {
  const SourceContext = markedSource({ SessionId }, macKeys)
  const BasicInfo = { CreateTime: '2026-01-01T00:00:00Z', MediaUrl: url, SourceInfo: { SourceContext } }
  const answer = { TotalCount: 1, MediaInfoSet: [{ FileId: '528', BasicInfo }] }
  const find = async (given: object) => {
    vod.answer('SearchMedia', given as Record<string, unknown>)
    return outcomeOf<PullSearchResult>(findPulled(context) as never, {
      ...app,
      SessionId,
      waits: [0],
      giveUpAfter: -1,
    })
  }

  it('names the media that a pull made', async () => {
    expect((await find(answer))?.reading).toMatchObject({
      FileId: '528',
      parts: [{ status: 'succeeded', urls: [url] }],
    })
  })

  const media = ['MediaInfoSet', 0]
  it.each(
    cases([
      ['MediaInfoSet'],
      media,
      [...media, 'FileId'],
      [...media, 'BasicInfo'],
      [...media, 'BasicInfo', 'SourceInfo'],
      [...media, 'BasicInfo', 'SourceInfo', 'SourceContext'],
    ]),
  )('whose %j is %s names none', async (path, lack) => {
    expect((await find(without(answer, path, lack)))?.reading).toBeUndefined()
  })
})

describe('an answer to DescribeProcedureTemplates', () => {
  const definition = { Definition: 10 }
  const template = {
    Name: 'all',
    MediaProcessTask: { TranscodeTaskSet: [definition] },
    AiContentReviewTask: null,
    AiAnalysisTask: null,
    AiRecognitionTask: null,
    AiRecognitionTaskSet: [],
    ReviewAudioVideoTask: definition,
    UpdateTime: '2026-01-01T00:00:00Z',
  }
  const answer = { TotalCount: 1, ProcedureTemplateSet: [template] }
  const read = async (given: object) => {
    vod.answer('DescribeProcedureTemplates', given as Record<string, unknown>)
    return outcomeOf<TemplateTasks>(readTemplateTasks(context) as never, { ...app, ProcedureName: 'all' })
  }
  const open = async (given: object) => {
    vod.answer('DescribeProcedureTemplates', given as Record<string, unknown>)
    const batch = { ...app, source: { FileIds: ['528'] }, ProcedureName: 'all', skipDone: false }
    return outcomeOf<OpenedBatch>(openBatch(context) as never, batch)
  }
  const types = ['Procedure', 'ReviewAudioVideo']

  it('says which tasks a template makes, and since when', async () => {
    const changedAt = Date.parse(template.UpdateTime)
    expect(await read(answer)).toEqual({
      known: true,
      TaskTypes: types,
      flowParts: ['Transcode 10'],
      review: { Definition: 10, contents: ['Media'] },
      changedAt,
    })
  })

  const members = Object.keys(template).filter((member) => member !== 'Name')
  /** VOD writes null or an empty object for what a template does not ask for. */
  const isVodsWord = (member: string, lack: Lack) =>
    member !== 'UpdateTime' && (lack === 'null' || lack === 'empty')
  it.each(
    members.flatMap((member) =>
      lacks.filter((lack) => !isVodsWord(member, lack)).map((lack) => [member, lack] as const),
    ),
  )('whose %s is %s says nothing', async (member, lack) => {
    const given = without(answer, ['ProcedureTemplateSet', 0, member], lack)
    expect(await read(given)).toBeUndefined()
    expect(await open(given)).toBeUndefined()
  })

  const sets = ['ProcedureTemplateSet', 0, 'MediaProcessTask', 'TranscodeTaskSet']
  const inSets = cases([sets, [...sets, 0], [...sets, 0, 'Definition']]).filter(
    ([path, lack]) => path !== sets && (path.at(-1) !== 0 || lack !== 'absent'),
  )
  const oddSets = ['', {}, 0].map((odd) => ({ ...template, MediaProcessTask: { TranscodeTaskSet: odd } }))
  it.each(inSets)('whose %j is %s says nothing', async (path, lack) => {
    expect(await read(without(answer, path, lack))).toBeUndefined()
    expect(await open(without(answer, path, lack))).toBeUndefined()
  })

  it.each(oddSets)('whose MediaProcessTask is $MediaProcessTask says nothing', async (odd) => {
    expect(await read({ ...answer, ProcedureTemplateSet: [odd] })).toBeUndefined()
    expect(await open({ ...answer, ProcedureTemplateSet: [odd] })).toBeUndefined()
  })

  it('opens a batch', async () => {
    expect((await open(answer))?.template).toMatchObject({ TaskTypes: types, outputs: ['Transcode 10'] })
  })

  const asksAgain = async (given: object) => {
    vod.answer('DescribeProcedureTemplates', given as Record<string, unknown>)
    const asked = { ...app, ProcedureName: 'all' }
    const batch = { ...asked, source: { FileIds: ['528'] }, skipDone: false }
    for (const [activity, input] of [
      [readTemplateTasks(context), asked],
      [openBatch(context), batch],
    ] as const) {
      const read = new MockActivityEnvironment().run(activity as never, input)
      await expect(read).rejects.toMatchObject({ type: 'ambiguous', nonRetryable: false })
    }
  }

  it.each(
    cases([['ProcedureTemplateSet'], ['ProcedureTemplateSet', 0], ['ProcedureTemplateSet', 0, 'Name']]),
  )('whose %j is %s next to its TotalCount is asked for again', async (path, lack) => {
    await asksAgain(without(answer, path, lack))
  })

  it.each(lacks)('without templates, whose TotalCount is %s, is asked for again', async (lack) => {
    await asksAgain(without({ ...answer, ProcedureTemplateSet: [] }, ['TotalCount'], lack))
  })

  it('that shows another template is asked for again', async () => {
    const ProcedureTemplateSet = [{ ...template, Name: 'another' }]
    await asksAgain({ ...answer, ProcedureTemplateSet })
    await asksAgain({ TotalCount: 0, ProcedureTemplateSet })
  })

  it.each([[[]], [null]])('with %j and a TotalCount of 0 says that there is none', async (none) => {
    expect(await read({ TotalCount: 0, ProcedureTemplateSet: none })).toEqual({ known: false, TaskTypes: [] })
  })
})

describe('an answer to DescribeMediaInfos', () => {
  const TranscodeSet = [{ Definition: 100010, Url: url }]
  const answer = { MediaInfoSet: [{ FileId: '528', TranscodeInfo: { TranscodeSet } }] }
  const read = async (given: object) => {
    vod.answer('DescribeMediaInfos', given as Record<string, unknown>)
    return outcomeOf<MediaOutputs>(readMediaOutputs(context) as never, { ...app, FileId: '528' })
  }

  it('shows what a media file has', async () => {
    expect((await read(answer))?.outputs).toMatchObject([{ Type: 'Transcode', urls: [url] }])
  })

  const transcodes = ['MediaInfoSet', 0, 'TranscodeInfo', 'TranscodeSet']
  it.each(
    cases([
      ['MediaInfoSet'],
      ['MediaInfoSet', 0],
      ['MediaInfoSet', 0, 'FileId'],
      ['MediaInfoSet', 0, 'TranscodeInfo'],
      transcodes,
      [...transcodes, 0],
      [...transcodes, 0, 'Url'],
    ]),
  )('whose %j is %s shows no output', async (path, lack) => {
    expect((await read(without(answer, path, lack)))?.outputs ?? []).toEqual([])
  })
})

describe('an answer to DescribeMediaInfos about an upload', () => {
  const SourceInfo = { SourceType: 'Upload', SourceContext: '' }
  const CreateTime = '2026-01-01T00:00:00Z'
  const BasicInfo = { Name: 'film', ClassId: 0, Category: 'Video', StoragePath: '', CreateTime, SourceInfo }
  const answer = { MediaInfoSet: [{ FileId: '528', BasicInfo }] }
  const confirm = async (given: object) => {
    vod.answer('DescribeMediaInfos', given as Record<string, unknown>)
    const upload = { ...app, FileId: '528', work: { ProcedureName: 'one' }, match: { Categories: ['Audio'] } }
    return outcomeOf<ConfirmedUpload>(confirmUpload(context) as never, {
      ...upload,
      announcedAt: Date.parse(CreateTime),
    })
  }
  const basic = ['MediaInfoSet', 0, 'BasicInfo']

  it('says what is uploaded', async () => {
    const ignored = { kind: 'ignored', reason: 'its Category is Video' }
    expect(await confirm(answer)).toEqual(ignored)
    const nothing = without(answer, [...basic, 'SourceInfo', 'SourceContext'], 'null')
    expect(await confirm(nothing)).toEqual(ignored)
  })

  const incomplete = cases([
    ['MediaInfoSet'],
    ['MediaInfoSet', 0],
    ['MediaInfoSet', 0, 'FileId'],
    basic,
    [...basic, 'CreateTime'],
    [...basic, 'SourceInfo'],
    [...basic, 'SourceInfo', 'SourceType'],
    [...basic, 'SourceInfo', 'SourceContext'],
  ]).filter(([path, lack]) => path.at(-1) !== 'SourceContext' || !['null', 'empty'].includes(lack))
  it.each(incomplete)('whose %j is %s is asked for again', async (path, lack) => {
    expect(await confirm(without(answer, path, lack))).toBeUndefined()
  })
})

describe('an answer to DescribeMediaInfos about the items of a batch', () => {
  const template = { TaskTypes: ['Procedure'], outputs: ['Transcode 100010'], UpdateTime: '' }
  const input = { source: { FileIds: [] }, ProcedureName: 'one', dryRun: true, skipDone: true }
  const part = { input, template, FileIds: ['528', '404'], position: 0, since: 0 }
  const BasicInfo = { UpdateTime: '2026-01-02T00:00:00Z' }
  const answer = {
    MediaInfoSet: [{ FileId: '528', BasicInfo, TranscodeInfo: null }],
    NotExistFileIdSet: ['404'],
  }
  const start = async (given: object, attempt = 1, UpdateTime = '') => {
    vod.answer('DescribeMediaInfos', given as Record<string, unknown>)
    const environment = new MockActivityEnvironment({ attempt })
    const result: Promise<StartResults> = environment.run(startRuns(context) as never, {
      ...part,
      template: { ...template, UpdateTime },
    })
    return result.catch(() => undefined)
  }

  it('tells which are there, and which are not', async () => {
    expect(await start(answer)).toMatchObject({ started: ['528'], missing: ['404'] })
  })

  const TranscodeSet = [{ Definition: 100010, Url: url }]
  const done = {
    FileId: '528',
    BasicInfo,
    TranscodeInfo: { TranscodeSet },
  }
  const made = { ...answer, MediaInfoSet: [done] }
  const transcodes = ['MediaInfoSet', 0, 'TranscodeInfo', 'TranscodeSet']
  const changed = '2026-01-01T00:00:00Z'
  /** How VOD writes that a media file has none. */
  const isNothing = (path: Path, lack: Lack) =>
    (lack === 'null' && ['TranscodeInfo', 'TranscodeSet'].includes(String(path.at(-1)))) ||
    (lack === 'empty' && path.at(-1) === 'TranscodeSet') ||
    (lack === 'absent' && path.at(-1) === 0)

  it('tells which are done', async () => {
    expect(await start(made, 1, changed)).toMatchObject({ started: [], skipped: ['528'] })
    const others = { ...made, MediaInfoSet: [{ ...done, TranscodeInfo: null }] }
    expect(await start(others, 1, changed)).toMatchObject({ started: ['528'], skipped: [] })
  })

  it.each(
    cases([
      ['MediaInfoSet', 0, 'BasicInfo'],
      ['MediaInfoSet', 0, 'BasicInfo', 'UpdateTime'],
      ['MediaInfoSet', 0, 'TranscodeInfo'],
      transcodes,
      [...transcodes, 0],
      [...transcodes, 0, 'Definition'],
      [...transcodes, 0, 'Url'],
    ]).filter(([path, lack]) => !isNothing(path, lack)),
  )('whose %j is %s says not of an item that it is to be done', async (path, lack) => {
    const given = without(made, path, lack)
    expect(await start(given, 1, changed)).toBeUndefined()
    expect(await start(given, 4, changed)).toMatchObject({ skipped: [] })
  })

  it.each(
    cases([
      ['MediaInfoSet'],
      ['MediaInfoSet', 0],
      ['MediaInfoSet', 0, 'FileId'],
      ['NotExistFileIdSet'],
      ['NotExistFileIdSet', 0],
    ]),
  )('whose %j is %s is asked for again, and makes no item missing', async (path, lack) => {
    const given = without(answer, path, lack)
    expect(await start(given)).toBeUndefined()
    const missing = (await start(given, 4))?.missing ?? []
    expect(missing.filter((FileId) => FileId !== '404')).toEqual([])
  })
})
