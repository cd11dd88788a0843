import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.js'
import { type Answer, probe, questions, submitting } from '../../../src/operate/probe/index.js'
import { type ApiCall, createVodClient } from '../../../src/vod/client.js'
import { spawnVodflow, vodflow } from '../../cli/cli.js'
import { type Alter, refusal, startAltered } from '../../support/altered.js'

const credentials = { secretId: 'AKIDprobe', secretKey: 'a-key-for-the-probe' }

let vod: Emulator
let FileId: string
let folder: string
beforeAll(async () => {
  vod = await startEmulator({ ...credentials, media: 'instant', taskTime: 200 })
  const client = createVodClient({ endpoint: vod.endpoint, credentials })
  await client.call('CreateProcedureTemplate', {
    Name: 'reviewed',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    ReviewAudioVideoTask: { Definition: 10 },
  })
  folder = await mkdtemp(join(tmpdir(), 'vodflow-difference-'))
  await writeFile(join(folder, 'clip.mp4'), '')
  FileId = (await vod.upload(join(folder, 'clip.mp4'), { name: 'clip' })).FileId
})
afterAll(() => vod.close())

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function altered(alter: Alter): Promise<string> {
  const server = await startAltered({ endpoint: vod.endpoint, credentials }, alter)
  closers.push(() => server.close())
  return server.endpoint
}

/** VOD's own books: what is billed. */
const billed = () => vod.books().tasks.map(({ TaskId }) => TaskId)

async function asked(alter: Alter, ids: readonly string[]) {
  const before = billed().length
  const calls: ApiCall[] = []
  const answers: Answer[] = []
  const probed = await probe({
    vod: createVodClient({
      endpoint: await altered(alter),
      credentials,
      onCall: (call) => void calls.push(call),
    }),
    questions: questions.filter(({ id }) => ids.includes(id) || id === submitting),
    FileId,
    ProcedureName: 'reviewed',
    SubAppId: undefined,
    calls: () => calls.splice(0),
    onAnswer: (answer) => void answers.push(answer),
    signal: new AbortController().signal,
    searchMs: 1_500,
  })
  const made = billed().slice(before)
  return { ...probed, made, of: (id: string) => answers.find((answer) => answer.id === id)?.answer }
}

const ofAction =
  (name: string, change: (answer: Record<string, unknown>) => Record<string, unknown>): Alter =>
  async (action, request, send) => {
    const answer = await send(request)
    return action === name ? change(answer) : answer
  }
const refuses =
  (name: string, code: string): Alter =>
  async (action, request, send) => {
    if (action === name) throw refusal(code)
    return send(request)
  }
const inListing = (changes: object) =>
  ofAction('DescribeTasks', (answer) => ({
    ...answer,
    TaskSet: (answer.TaskSet as object[]).map((task) => ({ ...task, ...changes })),
  }))

/** A SessionId means nothing to it: once something was accepted, the next is accepted too. */
function withoutDeduplication(): Alter {
  let accepted = 0
  return async (action, request, send) => {
    const { SessionId, ...rest } = request
    const answer = await send(action === 'ProcessMediaByProcedure' && accepted > 0 ? rest : request)
    if (action === 'ProcessMediaByProcedure') accepted++
    return answer
  }
}

const differences: Readonly<Record<string, Alter>> = {
  'unknown-task': refuses('DescribeTaskDetail', 'InvalidParameterValue'),
  'event-config': ofAction('DescribeEventConfig', (answer) => ({ ...answer, Mode: 'FAX' })),
  'context-characters': async (_, request, send) => {
    if (Buffer.byteLength(String(request.SessionContext ?? '')) > 1_000)
      throw refusal('InvalidParameterValue.SessionContextTooLong')
    return send(request)
  },
  'refused-session': (() => {
    const used = new Set<unknown>()
    return async (action, request, send) => {
      if (used.has(request.SessionId)) throw refusal('InvalidParameterValue.SessionId')
      if (action === 'ProcessMediaByProcedure') used.add(request.SessionId)
      return send(request)
    }
  })(),
  duplicate: withoutDeduplication(),
  'duplicate-first': (() => {
    const accepted = new Set<unknown>()
    return async (action, request, send) => {
      if (accepted.has(request.SessionId)) throw refusal('InvalidParameterValue.SessionId')
      const answer = await send(request)
      if (action === 'ProcessMediaByProcedure') accepted.add(request.SessionId)
      return answer
    }
  })(),
  listed: inListing({ SessionId: '' }),
  'context-echoed': inListing({ SessionContext: 'cut' }),
  'review-session': inListing({ SessionId: '' }),
  ended: ofAction('DescribeTaskDetail', (answer) => ({ ...answer, FinishTime: '' })),
  'abort-ended': refuses('ManageTask', 'InternalError'),
}

describe('each question can be answered otherwise', () => {
  it('there is a difference for each', () => {
    expect(Object.keys(differences)).toEqual(questions.map(({ id }) => id))
  })

  it.each(Object.entries(differences))('%s', async (id, alter) => {
    const { of } = await asked(alter, [id])
    expect(of(id)).toBe('otherwise')
  })
})

describe('whatever is billed is named', () => {
  it('a duplicate that VOD accepts, and it is not taken for the submission itself', async () => {
    const { TaskIds, made, of } = await asked(withoutDeduplication(), ['duplicate', 'context-echoed'])
    expect(made).toHaveLength(4)
    expect([...TaskIds].sort()).toEqual([...made].sort())
    expect(of('context-echoed')).toBe('as assumed')
  })

  /** Done as asked, and never answered. */
  const silent: Alter = async (action, request, send) => {
    const answer = await send(request)
    return action === 'ProcessMediaByProcedure' ? undefined : answer
  }

  it('a submission whose answer is lost is looked up', async () => {
    const { TaskIds, doubtful, made, answers } = await asked(silent, [submitting])
    expect(made).toHaveLength(2)
    expect([...TaskIds].sort()).toEqual([...made].sort())
    expect(doubtful).toEqual([])
    expect(answers.map(({ answer }) => answer)).toEqual(['not answered'])
  })

  it('one that no listing shows is said to be in doubt, with its SessionId', async () => {
    const hidden: Alter = async (action, request, send) => {
      const answer = await silent(action, request, send)
      return action === 'DescribeTasks' ? { TaskSet: [] } : answer
    }
    const { TaskIds, doubtful, made } = await asked(hidden, [submitting])
    expect(made).toHaveLength(2)
    expect(TaskIds).toEqual([])
    const { SessionId } = vod.books().tasks.at(-1) ?? {}
    expect(doubtful).toContain(SessionId)
  })

  const run = (endpoint: string, ...args: readonly string[]) =>
    vodflow(['probe', '--file', FileId, '--procedure', 'reviewed', '--yes', ...args], {
      TENCENTCLOUD_SECRET_ID: credentials.secretId,
      TENCENTCLOUD_SECRET_KEY: credentials.secretKey,
      VODFLOW_VOD_ENDPOINT: endpoint,
    })

  it('with --json too: the cost on standard error first, the tasks in the last line', async () => {
    const before = billed().length
    const { stdout, stderr } = await run(vod.endpoint, '--json', '--only', 'duplicate')
    expect(stderr).toMatch(/submits the template "reviewed" once on \d+: VOD bills/)
    const { TaskIds } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect([...TaskIds].sort()).toEqual(billed().slice(before).sort())
    expect(TaskIds).toHaveLength(2)
  })

  it('a place that cannot be written is refused before anything is paid for', async () => {
    const before = billed().length
    const { code, stderr } = await run(vod.endpoint, '--out', join(folder, 'none', 'answers.md'))
    expect(stderr).toMatch(
      /--out .*answers\.md: does not exist \(ENOENT\); pass a file in a folder that exists/,
    )
    expect(code).toBe(1)
    expect(billed()).toHaveLength(before)
  })

  it('Ctrl-C while it waits: what was made is named all the same', async () => {
    const before = billed().length
    // No listing ever shows the task: it waits for minutes.
    const endpoint = await altered(ofAction('DescribeTasks', (answer) => ({ ...answer, TaskSet: [] })))
    const args = ['probe', '--file', FileId, '--procedure', 'reviewed', '--yes', '--json', '--only', 'listed']
    const child = spawnVodflow(args, {
      TENCENTCLOUD_SECRET_ID: credentials.secretId,
      TENCENTCLOUD_SECRET_KEY: credentials.secretKey,
      VODFLOW_VOD_ENDPOINT: endpoint,
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      if (chunk.includes(submitting)) child.kill('SIGINT')
    })
    const [code] = await once(child, 'close')
    const { TaskIds } = JSON.parse(said.trim().split('\n').at(-1) ?? '')
    expect([...TaskIds].sort()).toEqual(billed().slice(before).sort())
    expect(TaskIds).toHaveLength(2)
    expect(code).toBe(2)
  })

  it('JSON stands beside the page', async () => {
    const out = join(folder, 'answers.md')
    await run(vod.endpoint, '--out', out, '--only', 'duplicate')
    const { TaskIds, answers } = JSON.parse(await readFile(`${out}.json`, 'utf8'))
    expect(answers.map(({ id }: Answer) => id)).toEqual([submitting, 'duplicate'])
    expect(await readFile(out, 'utf8')).toContain(TaskIds[0])
  })
})
