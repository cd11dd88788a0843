import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect, type Outcome, type Vodflow } from 'vodflow'
import { VodflowPlugin } from 'vodflow/worker'
import { startReceiver } from '../../examples/publish-episode/receiver.js'
import { startEpisode } from '../../examples/publish-episode/start.js'
import { approve, openGates } from '../../examples/snippets/decide.js'
import { brokenRuns } from '../../examples/snippets/replay.js'
import { sampleTemplate } from '../../src/cli/dev/sample.js'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import type { GateView } from '../../src/client/index.js'
import { moderationOf } from '../../src/contract/moderation.js'
import type { ModerationSegment, ModerationVerdict } from '../../src/contract/outcome.js'
import { startPublish } from '../../starter/src/startPublish.js'
import { root } from '../support/binary.js'
import { reading, verdict } from '../support/step.js'

const exec = promisify(execFile)
const taskQueue = 'episodes'
const workflows = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const empty = join(tmpdir(), `vodflow-film-${process.pid}.mp4`)

let stack: Stack
let vodflow: Vodflow
let receiver: Awaited<ReturnType<typeof startReceiver>>
let stop: () => Promise<void>
/** What the activity of the migration page was called with. */
const published: string[] = []

beforeAll(async () => {
  await writeFile(empty, '')
  receiver = await startReceiver()
  stack = await startStack({
    vod: { media: 'instant' },
    worker: { sweep: false, allow: ['ModifyMediaInfo', 'DeleteMedia'] },
  })
  vodflow = await connect({ address: stack.temporal.address })
  const template = JSON.parse(await readFile(join(root, 'examples/publish-episode/episode.json'), 'utf8'))
  const episode = { ...template, AiContentReviewTask: { Definition: 20 } }
  for (const each of [episode, sampleTemplate]) await stack.vodClient.call('CreateProcedureTemplate', each)
  const connection = await NativeConnection.connect({ address: stack.temporal.address })
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: workflows('pipelines.ts'),
    activities: {
      async publish(FileId: string) {
        published.push(FileId)
      },
    },
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'], webhooks: { default: receiver.endpoint } })],
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
    await connection.close()
    await vodflow.close()
    await stack.close()
    receiver.close()
  }
})
afterAll(() => stop?.())

let tasksBefore: number
beforeEach(() => {
  tasksBefore = stack.vod.books().tasks.length
})
afterEach(() => {
  stack.vod.faults.clear()
  published.length = 0
  receiver.types.length = 0
})

interface Film {
  readonly name: string
  readonly FileId: string
  readonly MediaUrl: string
}

async function film(name: string): Promise<Film> {
  return { name, ...(await stack.vod.upload(empty, { name })) }
}

interface Pipeline {
  /** Name of the workflow. */
  readonly type: string
  readonly args: (film: Film) => readonly unknown[]
  /** Tasks that VOD makes for one film that passes. */
  readonly tasks: number
}

/** Those that publish. */
const pipelines: Readonly<Record<string, Pipeline>> = {
  'README, docs/compose.md, examples/publish-episode': {
    type: 'publishEpisode',
    args: ({ name, MediaUrl }) => [{ id: name, title: name, MediaUrl }],
    tasks: 3,
  },
  'docs/migration.md': { type: 'episode', args: ({ FileId }) => [FileId], tasks: 2 },
  'the starter': { type: 'publish', args: ({ FileId }) => [FileId, 'episode'], tasks: 2 },
  'examples/web-app': { type: 'film', args: ({ FileId }) => [FileId, 'episode'], tasks: 2 },
}

/** Those that only make media. */
const makers: Readonly<Record<string, Pipeline>> = {
  'examples/side-by-side': { type: 'sideBySide', args: ({ FileId }) => [FileId, ['episode']], tasks: 2 },
  'examples/highlight-reel': {
    type: 'highlightReel',
    args: ({ FileId }) => [FileId, [{ from: 0, to: 1 }], 'episode'],
    tasks: 4,
  },
}

const url = expect.stringMatching(/^http/)

let runs = 0
function start({ type, args }: Pipeline, film: Film) {
  return vodflow.client.workflow.start(type, {
    workflowId: `${type}-${++runs}`,
    taskQueue,
    args: [...args(film)],
  })
}

/** Messages from the failure down to its root. A run that has not ended by then is said to hang. */
async function failureOf({ workflowId }: { readonly workflowId: string }): Promise<string> {
  const handle = vodflow.client.workflow.getHandle(workflowId)
  // A FileId that VOD does not know may be one that was uploaded a moment ago: that is asked for 15 s.
  const soon = { timeout: 60_000 }
  await expect.poll(async () => (await handle.describe()).status.name, soon).toBe('FAILED')
  let error = await handle.result().catch((error) => error)
  const story: string[] = []
  for (; error instanceof Error; error = error.cause) story.push(error.message)
  return story.join('\n')
}

/** Everything by which somebody outside could learn of a film. */
async function signsOfPublishing(): Promise<readonly string[]> {
  const { MediaInfoSet } = await stack.vodClient.call('SearchMedia', { Tags: ['published'], Limit: 100 })
  return [
    ...MediaInfoSet.map(({ FileId }) => `tag of ${FileId}`),
    ...published.map((FileId) => `publish(${FileId})`),
    ...receiver.types.filter((type) => /approved|published/.test(type)),
  ]
}

/** Whatever could let somebody outside see a film. */
const publishing = /^(ModifyMediaInfo|publish|sendWebhook)$/

/** Activities that a run has asked for, in order; reads of a task are those that say what became of it. */
async function activitiesOf(workflowId: string): Promise<string[]> {
  const { events } = await vodflow.client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? '')
}

const newTasks = () => stack.vod.books().tasks.length - tasksBefore

/** Of what is published by a film that passes, so that the next film finds nothing. */
async function forget(): Promise<void> {
  const { MediaInfoSet } = await stack.vodClient.call('SearchMedia', { Tags: ['published'], Limit: 100 })
  for (const { FileId } of MediaInfoSet) await stack.vodClient.call('DeleteMedia', { FileId })
}

describe.each(Object.entries(pipelines))('the pipeline of %s', (_, pipeline) => {
  it('lets a film through that passes, and reads what became of it before it publishes', async () => {
    const run = await start(pipeline, await film('a quiet evening'))
    const result = await run.result()
    expect(JSON.stringify(result)).toMatch(/approved|"published":true/)
    if (pipeline.type !== 'publish') expect(await signsOfPublishing()).not.toEqual([])
    else expect(result.outputs.slice(0, 2)).toMatchObject([{ urls: [url] }, { urls: [url] }])
    expect(newTasks()).toBe(pipeline.tasks)
    const activities = await activitiesOf(run.workflowId)
    const firstPublishing = activities.findIndex((name) => publishing.test(name))
    expect(activities).toContain('DescribeTaskDetail')
    if (firstPublishing >= 0)
      expect(activities.lastIndexOf('DescribeTaskDetail')).toBeLessThan(firstPublishing)
    await forget()
  })

  it.each(['approved', 'rejected'] as const)(
    'publishes nothing before a person has %s a film in doubt',
    async (decision) => {
      const run = await start(pipeline, await film('a film to review'))
      await expect.poll(() => openGates(vodflow, run.workflowId).catch(() => [])).toHaveLength(1)
      expect(await signsOfPublishing()).toEqual([])
      await vodflow.decide(run.workflowId, { gate: 'review', decision, by: 'ada', reason: 'seen' })
      expect(JSON.stringify(await run.result())).toMatch(
        decision === 'approved' ? /approved|"published":true/ : /rejected|"published":false/,
      )
      if (pipeline.type !== 'publish')
        expect((await signsOfPublishing()).length > 0).toBe(decision === 'approved')
      await forget()
    },
  )

  it.each([
    ['the film', 'a film to block', /VOD block/],
    ['only the cover', 'a film with a block-cover', /VOD block Porn \(Cover\)/],
    ['only what is said, by the older moderation,', 'a film with a block-porn.asr', /VOD block \(Porn.Asr\)/],
  ])('rejects where %s is blocked', async (_, name, reason) => {
    const result = await (await start(pipeline, await film(name))).result()
    expect(JSON.stringify(result)).toMatch(/"decision":"rejected"|"published":false/)
    expect(result.reason ?? result.because).toMatch(reason)
    expect(result.outputs ?? []).toEqual([])
    expect(await signsOfPublishing()).toEqual([])
    expect(newTasks()).toBe(pipeline.tasks)
  })
})

describe.each(Object.entries({ ...pipelines, ...makers }))('the pipeline of %s', (_, pipeline) => {
  it.each([
    ['every sub-task', '*'],
    ['one kind of sub-task', 'CoverBySnapshot'],
  ])('fails when VOD refuses %s, though moderation passes', async (_, Type) => {
    stack.vod.faults.add({ kind: 'failSubTask', Type, code: 'InvalidInput.DefinitionNotExist' })
    const failure = await failureOf(await start(pipeline, await film('a quiet evening')))
    expect(failure).toContain('InvalidInput.DefinitionNotExist')
    expect(await signsOfPublishing()).toEqual([])
    expect(newTasks()).toBeLessThanOrEqual(pipeline.tasks)
  })

  it('fails when VOD refuses the request', async () => {
    const code = 'InvalidParameterValue.ProcedureName'
    stack.vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code })
    expect(await failureOf(await start(pipeline, await film('a quiet evening')))).toContain(code)
    expect(await signsOfPublishing()).toEqual([])
    expect(newTasks()).toBe(pipeline.tasks - 2)
  })

  it('fails when the media cannot be had', async () => {
    const gone = {
      name: 'gone',
      FileId: '5285485487985271487',
      MediaUrl: `${stack.vod.endpoint}/media/gone.mp4`,
    }
    expect(await failureOf(await start(pipeline, gone))).toMatch(/404|FileId/)
    expect(await signsOfPublishing()).toEqual([])
    expect(newTasks()).toBeLessThanOrEqual(1)
  })
})

describe('the start of docs/compose.md', () => {
  const episode = async (id: string) => ({ ...(await film(id)), id, title: 'a quiet evening' })

  it('twice while it runs, and again after its end, is one run', async () => {
    const given = await episode('e01')
    const [first, second] = await Promise.all([startEpisode(vodflow, given), startEpisode(vodflow, given)])
    const result = await first.result()
    expect(await second.result()).toEqual(result)
    expect(await (await startEpisode(vodflow, given)).result()).toEqual(result)
    expect(newTasks()).toBe(3)
    expect(receiver.types).toEqual(['episode.approved'])
    await forget()
  })

  it('after a failure finds that failure, and VOD makes nothing', async () => {
    const given = { ...(await episode('e02')), MediaUrl: `${stack.vod.endpoint}/media/gone.mp4` }
    expect(await failureOf(await startEpisode(vodflow, given))).toContain('404')
    expect(await failureOf(await startEpisode(vodflow, given))).toContain('404')
    expect(newTasks()).toBe(1)
  })
})

describe('the program that starts the starter', () => {
  /** In the project, so that packages are found. */
  let folder: string
  beforeAll(async () => {
    await mkdir(join(root, '.cache'), { recursive: true })
    folder = await mkdtemp(join(root, '.cache', 'starter-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** As `npm start` does, on the local VOD of this test. */
  const npmStart = async (FileId: string, ...more: string[]) => {
    const cwd = await mkdtemp(join(folder, 'start-'))
    const args = ['--import', 'tsx', join(root, 'starter/src/start.ts'), FileId, ...more]
    const env = { ...process.env, TEMPORAL_ADDRESS: stack.temporal.address }
    return exec(process.execPath, args, { cwd, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )
  }
  const billedBefore = 'already started; nothing is billed again'

  it('joins the run of two starts at once, which is found after its end; another take is another; its worker is killed, and it prints a summary, a page to open, and no log', async () => {
    const { FileId } = await film('a quiet evening')
    const both = await Promise.all([npmStart(FileId), npmStart(FileId)])
    expect(both.filter(({ stdout }) => stdout.includes(billedBefore))).toHaveLength(1)
    for (const { stdout, code } of both) {
      expect(stdout).toContain(`publish/${FileId}: approved`)
      expect(code).toBe(0)
    }
    const again = await startPublish(vodflow, FileId)
    expect(again.attached).toBe(true)
    expect(await again.result()).toMatchObject({ decision: 'approved' })
    expect(newTasks()).toBe(2)
    const { stdout, stderr } = await npmStart(FileId, '--take', 'second')
    expect(stdout).toContain(`publish/${FileId}/second: approved`)
    expect(stdout).not.toContain(billedBefore)
    expect(newTasks()).toBe(4)
    // The local VOD of this test makes no media, so there is nothing to copy.
    expect(stderr).toMatch(/^vodflow: note: not copied: [^\n]+\n$/)
    expect(stdout).toMatch(/Transcode 100010 +http:\S+\n/)
    expect(stdout).toContain('The worker is killed while VOD works.')
    expect(stdout).not.toMatch(/INFO|ReviewAudioVideo/)
    const lines = stdout.trim().split('\n')
    expect(lines.length).toBeLessThan(16)
    expect(await readFile(lines.at(-1) ?? '', 'utf8')).toContain(`publish/${FileId}/second`)
  }, 300_000)

  it('ends with the cause when the run has failed', async () => {
    stack.vod.faults.add({ kind: 'failSubTask', Type: '*', code: 'InvalidInput.DefinitionNotExist' })
    const { code, stderr } = await npmStart((await film('a quiet evening')).FileId)
    expect(stderr).toContain('InvalidInput.DefinitionNotExist')
    expect(code).toBe(1)
  })
})

it('the replay of docs/develop.md names a run that cannot continue on changed code, and no other', async () => {
  const { workflowId } = await start(pipelines['the starter'] as Pipeline, await film('a film to review'))
  await expect.poll(() => openGates(vodflow, workflowId).catch(() => [])).toHaveLength(1)
  const broken = [expect.stringMatching(new RegExp(`^${workflowId}: .*nondeterminism`, 'i'))]
  const query = `WorkflowId = "${workflowId}" AND ExecutionStatus = "Running"`
  await expect.poll(async () => (await vodflow.client.workflow.count(query)).count).toBe(1)
  expect(await brokenRuns(vodflow, taskQueue, workflows('changedPipeline.ts'))).toEqual(broken)
  expect(await brokenRuns(vodflow, taskQueue, workflows('pipelines.ts'))).toEqual([])
  await approve(vodflow, workflowId, (await openGates(vodflow, workflowId))[0] as GateView, 'ada', 'seen')
})

describe('the gate of docs/compose.md', () => {
  const weak: ModerationSegment = {
    StartTimeOffset: 0,
    EndTimeOffset: 2,
    Confidence: 60,
    Suggestion: 'review',
    Label: 'Ad',
  }
  const says = (Suggestion: string, given: Partial<ModerationVerdict> = {}) =>
    verdict('Media', Suggestion, given)
  const ad = (...segments: ModerationSegment[]) => says('review', { Label: 'Ad', segments })
  const cover = (Suggestion: string) => verdict('Cover', Suggestion)
  const older = (Suggestion: string) => verdict('Porn.Asr', Suggestion)
  const gate = (verdicts: readonly ModerationVerdict[]) => {
    const task = { TaskType: 'ReviewAudioVideo', reading: reading('R', { verdicts }) }
    return vodflow.client.workflow.start('mayBePublished', {
      workflowId: `gate-${++runs}`,
      taskQueue,
      args: [{ moderation: moderationOf([task]) } as Outcome],
    })
  }

  it.each([
    ['a pass', [says('pass')]],
    ['an ad that VOD is not sure of', [ad(weak)]],
    ['ten such ads, which are all there are', [ad(...Array(10).fill(weak))]],
    ['a pass of film and cover', [says('pass'), cover('pass')]],
    ['a pass of everything', [says('pass'), cover('pass'), older('pass')]],
  ])('approves %s', async (_, verdicts) => {
    expect(await (await gate(verdicts)).result()).toMatchObject({
      decision: 'approved',
      decidedBy: 'policy',
      by: 'policy',
    })
  })

  it.each([
    ['no verdict', []],
    ['a blocked film', [says('block', { Label: 'Porn' })]],
    ['a verdict that is not known', [says('maybe')]],
    ['a blocked ad', [says('block', { Label: 'Ad', segments: [weak] })]],
    ['an ad that VOD is sure of', [ad(weak, { ...weak, Confidence: 90 })]],
    ['an ad without segments', [ad()]],
    ['an ad whose list of segments may be cut', [{ ...ad(weak), truncated: true }]],
    ['an ad with a segment of another label', [ad(weak, { ...weak, Label: 'Porn' })]],
    ['a blocked cover', [says('pass'), cover('block')]],
    ['a cover with a verdict that is not known', [says('pass'), cover('maybe')]],
    ['a weak ad with a blocked cover', [ad(weak), cover('block')]],
    ['a weak ad that the older moderation blocks', [ad(weak), older('block')]],
    ['a weak ad with a missing verdict', [ad(weak), older('')]],
  ])('has a person decide about %s', async (_, verdicts) => {
    const { workflowId } = await gate(verdicts)
    const open = () => openGates(vodflow, workflowId).catch(() => [])
    await expect.poll(open).toHaveLength(1)
    await approve(vodflow, workflowId, (await open())[0] as GateView, 'ada', 'seen')
    const result = await vodflow.client.workflow.getHandle(workflowId).result()
    expect(result).toMatchObject({ decision: 'approved', decidedBy: 'person', by: 'ada' })
  })
})
