import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.js'
import { questions } from '../../../src/operate/probe/index.js'
import { createVodClient } from '../../../src/vod/client.js'
import { type Ended, vodflow } from '../../cli/cli.js'
import { root } from '../../support/binary.js'

const credentials = { secretId: 'AKIDprobe', secretKey: 'a-key-for-the-probe' }

let vod: Emulator
let FileId: string
let folder: string
beforeAll(async () => {
  vod = await startEmulator({ ...credentials, media: 'instant', taskTime: 300 })
  const client = createVodClient({ endpoint: vod.endpoint, credentials })
  const template = { MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }
  await client.call('CreateProcedureTemplate', { Name: 'plain', ...template })
  await client.call('CreateProcedureTemplate', {
    Name: 'reviewed',
    ...template,
    ReviewAudioVideoTask: { Definition: 10 },
  })
  folder = await mkdtemp(join(tmpdir(), 'vodflow-probe-'))
  const path = join(folder, 'clip.mp4')
  await writeFile(path, '')
  FileId = (await vod.upload(path, { name: 'clip' })).FileId
})
afterAll(() => vod.close())

const run = (...args: readonly string[]): Promise<Ended> =>
  vodflow(['probe', ...args], {
    TENCENTCLOUD_SECRET_ID: credentials.secretId,
    TENCENTCLOUD_SECRET_KEY: credentials.secretKey,
    VODFLOW_VOD_ENDPOINT: vod.endpoint,
  })
const answersOf = ({ stdout }: Ended) =>
  Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ id }) => id !== undefined)
      .map(({ id, answer }) => [id, answer]),
  )
const submissions = () => vod.books().tasks.filter(({ TaskType }) => TaskType === 'Procedure').length

it('the local VOD answers every question as assumed; one submission is made', async () => {
  const before = submissions()
  const out = join(folder, 'answers.md')
  const ended = await run('--file', FileId, '--procedure', 'reviewed', '--yes', '--json', '--out', out)
  expect(ended.stderr).toMatch(/VOD bills what the template does/)
  expect(answersOf(ended)).toEqual(Object.fromEntries(questions.map(({ id }) => [id, 'as assumed'])))
  expect(ended.code).toBe(0)
  expect(submissions()).toBe(before + 1)
  const page = await readFile(out, 'utf8')
  for (const { id } of questions) expect(page).toContain(`| ${id} | `)
  expect(page).toMatch(/billed: \S+-procedurev2-\S+, \S+-ReviewAudioVideo-/)
  expect(page).toMatch(/ProcessMediaByProcedure [\w-]{20,}/)
  expect(page).not.toContain(credentials.secretKey)
})

describe('what cannot be told', () => {
  it('a template without moderation leaves its question open', async () => {
    const ended = await run(
      '--file',
      FileId,
      '--procedure',
      'plain',
      '--yes',
      '--json',
      '--only',
      'review-session',
    )
    expect(answersOf(ended)).toMatchObject({ 'review-session': 'not answered' })
    expect(ended.code).toBe(2)
  })
})

describe('nobody pays unasked', () => {
  it('in a pipe, without --yes: the plan is shown, nothing is sent', async () => {
    const [tasks, calls] = [submissions(), vod.books().calls.length]
    const { code, stdout, stderr } = await run('--file', FileId, '--procedure', 'plain')
    expect(stdout).toMatch(
      /billed {2}What does VOD answer to a second[\s\S]*submits the template "plain" once on \d+: VOD bills/,
    )
    expect(stderr).toMatch(/nothing was sent; pass --yes to continue/)
    expect(code).toBe(1)
    expect([submissions(), vod.books().calls.length]).toEqual([tasks, calls])
  })

  it('--free makes no task', async () => {
    const before = submissions()
    const ended = await run('--free', '--file', FileId)
    expect(ended.stdout).toMatch(/creates no task/)
    expect(ended.stdout).toMatch(/^as assumed {4}unknown-task/m)
    expect(ended.code).toBe(0)
    expect(submissions()).toBe(before)
  })
})

it.each([
  [
    'a question that there is not',
    ['--only', 'price'],
    /--only: there is no question "price"; pass some of unknown-task/,
  ],
  ['no file', ['--procedure', 'plain', '--yes'], /--file is missing/],
  ['no template', ['--file', '1', '--yes'], /--procedure is missing/],
  ['an empty list', ['--only', ''], /Pass ids separated by commas/],
])('%s is refused', async (_, args, message) => {
  const { code, stderr } = await run(...args)
  expect(stderr).toMatch(message)
  expect(code).toBe(1)
})

it('docs/probe.md has the questions as they are asked', async () => {
  const page = await readFile(join(root, 'docs/probe.md'), 'utf8')
  for (const { id, asks, assumed, matters } of questions)
    expect(page).toContain(`| \`${id}\` | ${asks} | ${assumed} | ${matters} |`)
})
