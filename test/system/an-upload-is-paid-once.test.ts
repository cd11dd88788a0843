import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createUploadRule } from '../../src/callbacks/index.js'
import { resetToStart } from '../../src/client/reset.js'
import type { Duration } from '../../src/contract/duration.js'
import { maxSourceContext } from '../../src/contract/patterns.js'
import { markedSource, sourceMarkLength } from '../../src/contract/seal/sourceMark.js'
import { sealSessionContext } from '../../src/contract/seal/token.js'
import type { UploadRuleInput } from '../../src/contract/upload.js'
import type { EmulatorUploadOptions } from '../../src/emulator/context.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import type { UploadReport } from '../../src/workflows/index.js'
import { worstInBooks } from '../support/booked.js'
import { someOf } from '../support/someOf.js'
import { createTemplates, type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

const hour = 60 * 60_000

const other = { Name: 'other', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100020 }] } }
const analysis = { Name: 'analysis', AiAnalysisTask: { Definition: 10 } }
const otherAnalysis = { Name: 'other-analysis', AiAnalysisTask: { Definition: 20 } }
const moderation = { Name: 'moderation', ReviewAudioVideoTask: { Definition: 10 } }

let system: System
let theirs: Theirs
let file: string
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 20 })
  theirs = await startTheirs(system, 'uploads')
  file = join(tmpdir(), `vodflow-paid-once-${process.pid}.mp4`)
  await writeFile(file, '')
  await createTemplates(system, [other, analysis, otherAnalysis, moderation])
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, { listingLag: 0, reviewListingLag: 0 })
})

const upload = async (options: EmulatorUploadOptions = {}) => (await system.vod.upload(file, options)).FileId

/** A file that VOD made so long ago. */
async function oldUpload(age: number, options: EmulatorUploadOptions = {}): Promise<string> {
  system.vod.clock.set(Date.now() - age)
  try {
    return await upload(options)
  } finally {
    system.vod.clock.set(Date.now())
  }
}

/** What the event of an upload names: the tasks of its own Procedure. */
const idsOf = (FileId: string) => {
  const find = (type: string) =>
    system.tasksOf(FileId).find(({ TaskType }) => TaskType === type)?.TaskId ?? ''
  return { ProcedureTaskId: find('Procedure'), ReviewAudioVideoTaskId: find('ReviewAudioVideo') }
}

let rules = 0
/** Gives a rule an event, and waits for what its run comes to. */
async function announced(
  FileId: string,
  {
    rule = {},
    event = {},
    name = `rule-${++rules}`,
  }: { rule?: Partial<UploadRuleInput>; event?: object; name?: string } = {},
): Promise<UploadReport & { readonly workflowId: string }> {
  const { client } = system.vodflow
  const delays = { uploadTasks: 50, ...rule.delays }
  const take = createUploadRule({ client, rule: { name, work: { ProcedureName: 'one' }, ...rule, delays } })
  await take({ json: { EventType: 'NewFileUpload', FileUploadEvent: { FileId, ...event } } })
  const workflowId = `upload/${name}/${FileId}`
  return { workflowId, ...(await client.workflow.getHandle(workflowId).result()) }
}

describe('an event names an old file', () => {
  it.each([
    ['13 hours', 13 * hour, {}],
    ['3 days', 72 * hour, {}],
    ['8 days', 192 * hour, {}],
    ['2 hours, where the rule says one', 2 * hour, { maxAge: hour }],
  ])('of %s: nothing is submitted', async (_, age, rule) => {
    const FileId = await oldUpload(age)
    expect(await announced(FileId, { rule })).toMatchObject({
      status: 'ignored',
      reason: expect.stringMatching(/it was made at .* more than \d+ hours before its event; a batch/),
    })
    expect(system.tasksOf(FileId)).toEqual([])
  })

  it.each([
    ['11 hours', 11 * hour, {}],
    ['30 hours, where the rule says two days', 30 * hour, { maxAge: 48 * hour }],
  ])('of %s: it is processed', async (_, age, rule) => {
    const FileId = await oldUpload(age)
    expect(await announced(FileId, { rule })).toMatchObject({ status: 'processed' })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('that is older than the namespace remembers runs, whatever the rule says', async () => {
    const short = await startSystem({ media: 'instant' })
    try {
      const { client } = short.vodflow
      await client.workflowService.updateNamespace({
        namespace: 'default',
        config: { workflowExecutionRetentionTtl: { seconds: (24 * 3_600) as never } },
      })
      short.vod.clock.set(Date.now() - 25 * hour)
      const FileId = await short.media()
      short.vod.clock.set(Date.now())
      const work = { ProcedureName: 'one' }
      const take = createUploadRule({ client, rule: { work, maxAge: 48 * hour } })
      await take({ json: { EventType: 'NewFileUpload', FileUploadEvent: { FileId } } })
      const report = await client.workflow.getHandle(`upload/default/${FileId}`).result()
      expect(report).toMatchObject({ status: 'ignored', reason: expect.stringContaining('23.8 hours') })
      expect(short.tasksOf(FileId)).toEqual([])
    } finally {
      await short.close()
    }
  })

  it('a run that is reset long after its event goes by the age that the file had then', async () => {
    const FileId = await oldUpload(11.99 * hour)
    const { workflowId } = await announced(FileId)
    const { client } = system.vodflow
    await resetToStart(client, await client.workflow.getHandle(workflowId).describe(), 'a test')
    expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({ status: 'processed' })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it.each([0, '61 hours', '12 moons'] as Duration[])('a rule with maxAge %s is refused', (maxAge) => {
    const make = () =>
      createUploadRule({ client: system.vodflow.client, rule: { work: { ProcedureName: 'one' }, maxAge } })
    expect(make).toThrow('from a minute to 60 hours')
  })
})

describe('an event is repeated after Temporal has forgotten the run of its file', () => {
  const forget = async (workflowId: string) => {
    const { client } = system.vodflow
    await client.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
    })
    const known = () =>
      client.workflow
        .getHandle(workflowId)
        .describe()
        .then(
          () => true,
          () => false,
        )
    await expect.poll(known, { timeout: 100_000, interval: 200 }).toBe(false)
  }

  // In one test, because Temporal takes half a minute to forget.
  it('its tasks are found again, also where the listing is late or the rule asks for something else by then', async () => {
    const runs = await Promise.all(
      [
        { before: 'one', after: 'one', lag: 0 },
        { before: 'two', after: 'two', lag: 0 },
        { before: 'two', after: 'two', lag: 500 },
        { before: 'one', after: 'two', lag: 0 },
      ].map(async (given) => {
        const FileId = await upload()
        const name = `rule-${++rules}`
        const first = await announced(FileId, { name, rule: { work: { ProcedureName: given.before } } })
        return { ...given, FileId, name, first, made: system.tasksOf(FileId).length }
      }),
    )
    await Promise.all(runs.map(({ first }) => forget(first.workflowId)))
    for (const { FileId, name, first, made, before, after, lag } of runs) {
      Object.assign(system.vod.switches, { listingLag: lag, reviewListingLag: lag })
      const rule = { work: { ProcedureName: after }, delays: { listings: [200] } }
      const again = await announced(FileId, { name, rule }).catch((error) => error)
      if (before === after) {
        expect(again).toMatchObject({ status: 'processed', outcome: { status: 'succeeded' } })
        expect(again.outcome.TaskId).toBe(first.outcome?.TaskId)
      } else expect(again.cause.message).toContain('it differs in ProcedureName')
      expect(system.tasksOf(FileId)).toHaveLength(made)
    }
  })
})

describe('an upload that brought a Procedure of its own', () => {
  it.each([
    ['one', false],
    ['two', false],
    ['one', true],
    ['two', true],
  ])('of template %s is adopted; its event names the tasks: %s', async (Procedure, names) => {
    const FileId = await upload({ Procedure, SessionContext: 'the uploader’s own' })
    const made = system.tasksOf(FileId)
    const report = await announced(FileId, { event: names ? idsOf(FileId) : {} })
    expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded', FileId } })
    expect(report.outcome?.tasks.map(({ TaskId }) => TaskId).sort()).toEqual(
      made.map(({ TaskId }) => TaskId).sort(),
    )
    expect(report.outcome?.moderation?.Suggestion).toBe(Procedure === 'two' ? 'pass' : undefined)
    expect(system.tasksOf(FileId)).toHaveLength(made.length)
  })

  it('is adopted by what its event names, where the listing is late', async () => {
    Object.assign(system.vod.switches, { listingLag: 60_000, reviewListingLag: 60_000 })
    const FileId = await upload({ Procedure: 'two' })
    const report = await announced(FileId, { event: idsOf(FileId) })
    expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it.each(['one', 'two'])(
    'of template %s is adopted where neither the event nor the listing shows it yet',
    async (Procedure) => {
      Object.assign(system.vod.switches, { listingLag: 1_000, reviewListingLag: 1_000 })
      const FileId = await upload({ Procedure })
      const made = system.tasksOf(FileId).length
      const report = await announced(FileId, { rule: { delays: { uploadTasks: 2_000 } } })
      expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
      expect(system.tasksOf(FileId)).toHaveLength(made)
    },
  )

  it('is given to a workflow of a user also where it is listed late', async () => {
    Object.assign(system.vod.switches, { listingLag: 1_000 })
    const FileId = await upload({ Procedure: 'one' })
    const work = { workflowType: 'tasksOfUpload', taskQueue: 'theirs-uploads' }
    const { result } = await announced(FileId, { rule: { work, delays: { uploadTasks: 2_000 } } })
    expect(result).toEqual(system.tasksOf(FileId).map(({ TaskId }) => TaskId))
  })

  it('is told of as it is, when its tasks fail', async () => {
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times: 1 })
    const FileId = await upload({ Procedure: 'one' })
    await expect(announced(FileId)).rejects.toMatchObject({
      cause: { type: 'MediaFailed', details: [{ status: 'failed' }] },
    })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('is none where another system moderates each new file', async () => {
    const FileId = await upload()
    await system.vodClient.call('ReviewAudioVideo', { FileId, ReviewContents: ['Media'] })
    expect(await announced(FileId)).toMatchObject({ status: 'processed', outcome: { status: 'succeeded' } })
    const types = system.tasksOf(FileId).map(({ TaskType }) => TaskType)
    expect(types.sort()).toEqual(['Procedure', 'ReviewAudioVideo'])
  })

  it('is given to a workflow of a user with its tasks', async () => {
    const FileId = await upload({ Procedure: 'two' })
    const work = { workflowType: 'tasksOfUpload', taskQueue: 'theirs-uploads' }
    const { result } = await announced(FileId, { rule: { work } })
    const made = system.tasksOf(FileId).map(({ TaskId }) => TaskId)
    expect(new Set(result as string[])).toEqual(new Set(made))
    expect(made).toHaveLength(2)
  })

  it('is not believed to be one for a task that is forged, of another file, or of a step that does something else', async () => {
    const other = await upload({ Procedure: 'one' })
    for (const event of [
      { ProcedureTaskId: 'nowhere' },
      { ProcedureTaskId: system.tasksOf(other)[0]?.TaskId },
      { ProcedureTaskId: 7, ReviewAudioVideoTaskId: 'x'.repeat(5_000) },
    ]) {
      const FileId = await upload()
      expect(await announced(FileId, { event })).toMatchObject({ status: 'processed' })
      expect(system.tasksOf(FileId)).toHaveLength(1)
    }
    const FileId = await upload()
    await (await system.vodflow.process({ FileId, ProcedureName: 'other' })).result()
    const event = { ProcedureTaskId: system.tasksOf(FileId)[0]?.TaskId }
    expect(await announced(FileId, { event })).toMatchObject({ status: 'processed' })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })
})

describe('what VOD has made of an upload already is not paid again', () => {
  const review = { Name: 'review', ReviewAudioVideoTask: { Definition: 10 } }
  const strict = { Name: 'strict', ReviewAudioVideoTask: { Definition: 20 } }
  const cover = {
    Name: 'cover',
    ReviewAudioVideoTask: { Definition: 10, ReviewContents: ['Media', 'Cover'] },
  }
  beforeAll(() => createTemplates(system, [review, strict, cover]))

  /** What a task does: two tasks of the same words are the same work. */
  const workOf = ({ TaskType, Input }: EmulatorTask) =>
    TaskType === 'Procedure' ? 'flow' : `${Input.Definition} ${(Input.ReviewContents as string[]).join('+')}`

  const [flow, film, strictFilm, filmAndCover] = ['flow', '10 Media', '20 Media', '10 Media+Cover'] as const

  interface Case {
    /** The procedure of the rule. */
    readonly rule: string
    /** The upload's own Procedure. */
    readonly own?: string
    /** The event of the upload names the tasks of its own Procedure. */
    readonly named?: true
    /** Definitions of the moderation that other systems ask for. */
    readonly others?: readonly number[]
    readonly status: 'processed' | 'adopted'
    /** What the report is of. */
    readonly says: readonly string[]
    /** What VOD bills, whoever has asked for it. */
    readonly bills: readonly string[]
  }

  const cases: readonly Case[] = [
    { rule: 'one', status: 'processed', says: [flow], bills: [flow] },
    { rule: 'two', status: 'processed', says: [flow, film], bills: [flow, film] },
    { rule: 'review', status: 'processed', says: [film], bills: [film] },
    // A task flow is the upload's own, whatever it does.
    ...['one', 'two', 'review'].flatMap((rule): Case[] => [
      { rule, own: 'one', status: 'adopted', says: [flow], bills: [flow] },
      { rule, own: 'one', named: true, status: 'adopted', says: [flow], bills: [flow] },
      { rule, own: 'two', status: 'adopted', says: [flow, film], bills: [flow, film] },
      { rule, own: 'two', named: true, status: 'adopted', says: [flow, film], bills: [flow, film] },
      { rule, own: 'review', named: true, status: 'adopted', says: [film], bills: [film] },
      { rule, own: 'strict', named: true, status: 'adopted', says: [strictFilm], bills: [strictFilm] },
    ]),
    {
      rule: 'one',
      own: 'one',
      others: [20],
      status: 'adopted',
      says: [flow, strictFilm],
      bills: [flow, strictFilm],
    },
    // Moderation that no event names is anybody's: it stands for a rule that asks for this moderation, and no more.
    { rule: 'review', own: 'review', status: 'adopted', says: [film], bills: [film] },
    { rule: 'review', others: [10], status: 'adopted', says: [film], bills: [film] },
    {
      rule: 'review',
      own: 'review',
      others: [10],
      status: 'adopted',
      says: [film, film],
      bills: [film, film],
    },
    {
      rule: 'review',
      own: 'review',
      others: [20],
      status: 'adopted',
      says: [film],
      bills: [film, strictFilm],
    },
    {
      rule: 'review',
      own: 'strict',
      others: [10],
      status: 'adopted',
      says: [film],
      bills: [film, strictFilm],
    },
    { rule: 'review', own: 'cover', status: 'adopted', says: [filmAndCover], bills: [filmAndCover] },
    { rule: 'cover', own: 'cover', status: 'adopted', says: [filmAndCover], bills: [filmAndCover] },
    { rule: 'review', own: 'strict', status: 'processed', says: [film], bills: [film, strictFilm] },
    { rule: 'review', others: [20], status: 'processed', says: [film], bills: [film, strictFilm] },
    { rule: 'cover', own: 'review', status: 'processed', says: [filmAndCover], bills: [film, filmAndCover] },
    { rule: 'one', own: 'review', status: 'processed', says: [flow], bills: [flow, film] },
    { rule: 'one', others: [10], status: 'processed', says: [flow], bills: [flow, film] },
    { rule: 'two', own: 'strict', status: 'processed', says: [flow, film], bills: [flow, film, strictFilm] },
    // The film is moderated twice: VOD does not start a part of a template.
    { rule: 'two', own: 'review', status: 'processed', says: [flow, film], bills: [flow, film, film] },
    { rule: 'two', others: [10], status: 'processed', says: [flow, film], bills: [flow, film, film] },
  ]

  const late = [
    ['immediately', {}],
    ['late', { listingLag: 100, reviewListingLag: 100 }],
    ['late where it moderates', { reviewListingLag: 100 }],
  ] as const

  const titled = cases.flatMap((given) =>
    late.map(([when, lag]) => {
      const { own = 'no Procedure', named = false, others = [] } = given
      const has = `${own}${named ? ', named,' : ''}${others.map((one) => ` and moderation ${one} of others`).join('')}`
      return [`rule ${given.rule}, upload with ${has}, listed ${when}`, given, lag] as const
    }),
  )

  it.each(someOf(titled, 2))('%s', async (_, { rule, own, named, others = [], status, says, bills }, lag) => {
    Object.assign(system.vod.switches, lag)
    const FileId = await upload({ name: 'block', ...(own ? { Procedure: own } : {}) })
    const event = named ? idsOf(FileId) : {}
    for (const Definition of others) await system.vodClient.call('ReviewAudioVideo', { FileId, Definition })
    const delays = { uploadTasks: 150, polls: [50] }
    const report = await announced(FileId, { event, rule: { work: { ProcedureName: rule }, delays } })
    const { outcome } = report
    const said = system
      .tasksOf(FileId)
      .filter(({ TaskId }) => outcome?.tasks.some((one) => one.TaskId === TaskId))
    expect({
      status: report.status,
      outcome: outcome?.status,
      moderation: outcome?.moderation?.Suggestion,
      says: said.map(workOf).sort(),
      bills: system.tasksOf(FileId).map(workOf).sort(),
    }).toEqual({
      status,
      outcome: 'succeeded',
      moderation: worstInBooks(said),
      says: [...says].sort(),
      bills: [...bills].sort(),
    })
    expect(outcome?.tasks).toHaveLength(says.length)
  })

  it('also of a file that another program has pulled with a Procedure that only moderates', async () => {
    const { MediaUrl } = await system.vod.upload(file)
    const pull = await system.vodClient.call('PullUpload', { MediaUrl, Procedure: 'review' })
    const pulled = () => system.vod.books().tasks.find(({ TaskId }) => TaskId === pull.TaskId)
    await expect.poll(() => pulled()?.Status).toBe('FINISH')
    const FileId = pulled()?.FileId ?? ''
    const TaskId = pulled()?.Output?.ReviewAudioVideoTaskId
    const report = await announced(FileId, { rule: { work: { ProcedureName: 'review' } } })
    expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded', tasks: [{ TaskId }] } })
    expect(system.tasksOf(FileId).map(({ TaskType }) => TaskType)).toEqual(['PullUpload', 'ReviewAudioVideo'])
  })

  it('also by a run that is reset, whatever moderation others have asked for since', async () => {
    const FileId = await upload({ Procedure: 'strict' })
    const rule = { work: { ProcedureName: 'review' } }
    const { workflowId, outcome } = await announced(FileId, { rule })
    await system.vodClient.call('ReviewAudioVideo', { FileId, Definition: 10 })
    const { client } = system.vodflow
    await resetToStart(client, await client.workflow.getHandle(workflowId).describe(), 'a test')
    const again = await client.workflow.getHandle(workflowId).result()
    const { ReviewAudioVideoTaskId } = outcome ?? {}
    expect(ReviewAudioVideoTaskId).toEqual(expect.any(String))
    expect(again).toMatchObject({ status: 'processed', outcome: { ReviewAudioVideoTaskId } })
    expect(system.tasksOf(FileId).map(workOf).sort()).toEqual([film, film, strictFilm])
  })

  it('also where VOD does not show the template of the rule at first', async () => {
    system.vod.faults.add({
      kind: 'error',
      action: 'DescribeProcedureTemplates',
      code: 'UnauthorizedOperation',
      times: 1,
    })
    const FileId = await upload({ Procedure: 'review' })
    const report = await announced(FileId, { rule: { work: { ProcedureName: 'review' } } })
    expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('and a template that VOD does not have starts nothing', async () => {
    const FileId = await upload({ Procedure: 'review' })
    const failed = await announced(FileId, { rule: { work: { ProcedureName: 'gone' } } }).catch(
      (error) => error,
    )
    expect(failed.cause).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('names no task flow template of this application ("gone")'),
    })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('and a moderation that VOD does not show in detail counts as the same', async () => {
    system.vod.faults.add({
      kind: 'error',
      action: 'DescribeTaskDetail',
      code: 'InvalidParameterValue.TaskId',
      times: 1,
    })
    const FileId = await upload({ Procedure: 'strict' })
    const report = await announced(FileId, {
      rule: { work: { ProcedureName: 'review' }, delays: { polls: [50] } },
    })
    expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

describe('what another run has asked for already is not paid again', () => {
  const typesOf = (FileId: string) => system.tasksOf(FileId).map(({ TaskType }) => TaskType)
  const ruleOf = (ProcedureName: string) => ({ work: { ProcedureName }, delays: { polls: [50] } })

  let batches = 0
  /** Processes a file as an item of a batch, and returns the workflow id of its run. */
  async function byBatch(FileId: string, ProcedureName: string, skipDone = true): Promise<string> {
    const id = `night-${++batches}`
    const request = { source: { FileIds: [FileId] }, ProcedureName, skipDone }
    const batch = await system.vodflow.batches.start(request, { workflowId: id })
    await batch.result()
    return `${id}/${FileId}`
  }

  it.each([
    ['one', 'one', true],
    ['two', 'two', false],
    // The flow of `two` makes everything that `one` asks for.
    ['two', 'one', false],
    ['analysis', 'analysis', false],
    ['moderation', 'moderation', false],
  ])('by a batch with %s, and the rule has %s', async (done, ProcedureName, skipDone) => {
    const FileId = await upload()
    const item = await byBatch(FileId, done, skipDone)
    const made = typesOf(FileId)
    const report = await announced(FileId, { rule: ruleOf(ProcedureName) })
    expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded', FileId } })
    expect(report.reason).toContain(`"${item}"`)
    expect(typesOf(FileId)).toEqual(made)
  })

  it.each([
    ['two', 'one'],
    ['one', 'other'],
    ['other-analysis', 'analysis'],
    ['one', 'moderation'],
  ])('but the work of a rule with %s is, where a step did %s', async (ProcedureName, done) => {
    const FileId = await upload()
    await (await system.vodflow.process({ FileId, ProcedureName: done })).result()
    const made = typesOf(FileId).length
    expect(await announced(FileId, { rule: ruleOf(ProcedureName) })).toMatchObject({ status: 'processed' })
    expect(typesOf(FileId).length).toBeGreaterThan(made)
  })

  it('by a run whose task is open: its end is waited for', async () => {
    const held = await startSystem({ media: 'instant', taskTime: 1_500 })
    const FileId = await held.media()
    await held.vodflow.process({ FileId, ProcedureName: 'one' })
    await expect.poll(() => held.tasksOf(FileId).length).toBe(1)
    const take = createUploadRule({
      client: held.vodflow.client,
      rule: { work: { ProcedureName: 'one' }, delays: { uploadTasks: 50, polls: [100] } },
    })
    await take({ json: { EventType: 'NewFileUpload', FileUploadEvent: { FileId } } })
    const run = held.vodflow.client.workflow.getHandle(`upload/default/${FileId}`)
    expect(await run.result()).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(held.tasksOf(FileId)).toHaveLength(1)
    await held.close()
  })

  it('by a batch that comes while the run of the rule waits', async () => {
    const FileId = await upload()
    const name = `rule-${++rules}`
    const run = announced(FileId, {
      name,
      rule: { ...ruleOf('one'), delays: { uploadTasks: 3_000, polls: [50] } },
    })
    const { client } = system.vodflow
    const timers = async () => {
      const handle = client.workflow.getHandle(`upload/${name}/${FileId}`)
      const { events } = await handle.fetchHistory().catch(() => ({ events: [] }))
      return (events ?? []).filter((event) => event.timerStartedEventAttributes).length
    }
    await expect.poll(timers).toBe(1)
    await byBatch(FileId, 'one')
    expect(await run).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('by another program, with a SessionId or long after the upload', async () => {
    const FileId = await oldUpload(2 * hour)
    const late = await oldUpload(2 * hour)
    await system.vodClient.call('ProcessMediaByProcedure', {
      FileId,
      ProcedureName: 'one',
      SessionId: 'theirs',
    })
    await system.vodClient.call('ProcessMediaByProcedure', { FileId: late, ProcedureName: 'one' })
    for (const done of [FileId, late]) {
      const report = await announced(done, { rule: ruleOf('one') })
      expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
      expect(report.reason).toContain('Another program')
      expect(system.tasksOf(done)).toHaveLength(1)
    }
  })

  it('and fails as that did', async () => {
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times: 1 })
    const FileId = await upload()
    await byBatch(FileId, 'one')
    await expect(announced(FileId, { rule: ruleOf('one') })).rejects.toMatchObject({
      cause: { type: 'MediaFailed', details: [{ status: 'failed' }] },
    })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('and of several, the latest counts', async () => {
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times: 1 })
    const FileId = await upload()
    await byBatch(FileId, 'one')
    const second = await byBatch(FileId, 'one')
    const report = await announced(FileId, { rule: ruleOf('one') })
    expect(report).toMatchObject({ status: 'adopted', outcome: { status: 'succeeded' } })
    expect(report.reason).toContain(`"${second}"`)
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })
})

describe('a SourceContext that says that a step has made the file', () => {
  const SessionId = 'a'.repeat(40)
  const address = {
    namespace: 'default',
    account: 'default',
    workflowId: 'w',
    chain: 'c',
    SessionId,
  }

  it.each<[string, () => string]>([
    ['is a bare version', () => 'vf1.x'],
    ['has no MAC', () => `vf1.${SessionId}`],
    ['has a MAC of nothing', () => `vf1.dev.${SessionId}..${'A'.repeat(22)}`],
    ['has a MAC that is cut', () => markedSource({ SessionId }, system.macKeys).slice(0, -1)],
    [
      'has the MAC of another SessionId',
      () => markedSource({ SessionId }, system.macKeys).replace(/a{40}/, 'b'.repeat(40)),
    ],
    ['is a token of ours', () => sealSessionContext(address, system.macKeys)],
    [
      'has a key that is not known',
      () => markedSource({ SessionId }, { sign: { id: 'k9', secret: 'x'.repeat(32) }, verify: [] }),
    ],
  ])('and %s is not believed', async (_, forged) => {
    const FileId = await upload({ SourceContext: forged() })
    expect(await announced(FileId)).toMatchObject({ status: 'processed', outcome: { status: 'succeeded' } })
  })

  it.each(['', 'order-7', 'x'.repeat(maxSourceContext - sourceMarkLength)])(
    'and is true is believed, with the own "%s" behind it',
    async (SourceContext) => {
      const { MediaUrl } = await system.vod.upload(file)
      const request = { MediaUrl, ...(SourceContext === '' ? {} : { SourceContext }) }
      const pulled = await system.vodflow.client.workflow.execute('pullUpload', {
        workflowId: `pull-${Math.random()}`,
        taskQueue: 'vodflow',
        args: [{ request }],
      })
      const kept = system.vod.media(pulled.FileId)?.SourceContext ?? ''
      expect(kept.length).toBeLessThanOrEqual(250)
      expect(kept.endsWith(SourceContext)).toBe(true)
      expect(await announced(pulled.FileId)).toMatchObject({
        status: 'ignored',
        reason: 'a step made it',
      })
    },
  )
})

describe('the workflow of a user', () => {
  const work = { workflowType: 'countedUpload', taskQueue: 'theirs-uploads' }
  const resetBeforeChild = async (workflowId: string) => {
    const { client } = system.vodflow
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
    const started = (events ?? []).findIndex(
      (event) => event.startChildWorkflowExecutionInitiatedEventAttributes,
    )
    const { runId } = await client.workflow.getHandle(workflowId).describe()
    await client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId, runId },
      reason: 'a test',
      requestId: `reset-${Math.random()}`,
      workflowTaskFinishEventId: events?.[started - 1]?.eventId ?? null,
    })
    return client.workflow.getHandle(workflowId).result()
  }

  it('that has ended is not run again by a reset to before its start', async () => {
    const FileId = await upload()
    const { workflowId, result } = await announced(FileId, { rule: { work } })
    const child = `${workflowId}/countedUpload`
    const { runId } = await system.vodflow.client.workflow.getHandle(child).describe()
    expect(await resetBeforeChild(workflowId)).toMatchObject({ status: 'processed', result })
    const { client } = system.vodflow
    await resetToStart(client, await client.workflow.getHandle(workflowId).describe(), 'again')
    expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({
      status: 'processed',
      result,
    })
    expect((await client.workflow.getHandle(child).describe()).runId).toBe(runId)
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('that goes on is waited for by a parent that is reset', async () => {
    system.vod.faults.add({ kind: 'dropCallback' })
    const FileId = await upload()
    const { client } = system.vodflow
    const name = `rule-${++rules}`
    const waiting = announced(FileId, { name, rule: { work } })
    waiting.catch(() => {})
    await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
    const workflowId = `upload/${name}/${FileId}`
    const again = resetBeforeChild(workflowId)
    const child = client.workflow.getHandle(`${workflowId}/countedUpload`)
    const { runId } = await child.describe()
    const pending = async () =>
      (await client.workflow.getHandle(workflowId).describe()).raw.pendingActivities?.map(
        ({ activityType }) => activityType?.name,
      )
    await expect.poll(pending).toEqual(['awaitRun'])
    await child.signal('vodflow.detach')
    expect(await again).toMatchObject({ status: 'processed', result: 'detached' })
    expect((await child.describe()).runId).toBe(runId)
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('that has failed fails a parent that is reset too', async () => {
    system.vod.faults.add({
      kind: 'error',
      action: 'ProcessMediaByProcedure',
      code: 'InvalidParameterValue',
      times: 1,
    })
    const FileId = await upload()
    const name = `rule-${++rules}`
    await expect(announced(FileId, { name, rule: { work } })).rejects.toMatchObject({
      cause: { cause: { type: 'permanent', details: [{ code: 'InvalidParameterValue' }] } },
    })
    const failed = await resetBeforeChild(`upload/${name}/${FileId}`).catch((error) => error)
    expect(failed.cause.cause.message).toContain('did not succeed')
    expect(system.tasksOf(FileId)).toEqual([])
  })
})
