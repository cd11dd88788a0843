import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { vodflow } from './cli.js'

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-paths-'))
  file = join(folder, 'file')
  await writeFile(file, '{}')
})

const macKeys = { VODFLOW_MAC_KEYS: `k1:${'x'.repeat(32)}` }
/** Nothing listens there: a path must be refused before anybody is asked. */
const nowhere = {
  ...macKeys,
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
  TENCENTCLOUD_SECRET_ID: 'local',
  TENCENTCLOUD_SECRET_KEY: 'local',
}
const emulator = [
  'emulator',
  '--port',
  '0',
  '--secret-id',
  'local',
  '--secret-key',
  'local',
  '--media',
  'instant',
]
const exported = ['report', 'episode-7', '--history', 'test/histories/by-look.json']

/** A problem of a path, by what the command wants there. */
const cases: readonly (readonly [
  option: string,
  args: (path: string) => string[],
  wants: 'file' | 'folder' | 'place',
])[] = [
  ['--video', (path) => ['dev', '--no-ffmpeg', '--video', path, '--', 'true'], 'file'],
  ['--template', (path) => ['dev', '--no-ffmpeg', '--template', path, '--', 'true'], 'file'],
  ['<file>', (path) => ['templates', 'create', path], 'file'],
  ['<file>', (path) => ['templates', 'diff', path], 'file'],
  ['<file>', (path) => ['events', 'replay', path, '--to', 'http://127.0.0.1:1'], 'file'],
  ['--ids', (path) => ['batch', 'run', 'films', '--procedure', 'one', '--ids', path], 'file'],
  ['--history', (path) => ['report', 'episode-7', '--history', path], 'file'],
  ['--ids-folder', (path) => ['worker', '--ids-folder', path], 'folder'],
  ['--data', (path) => ['dev', '--no-ffmpeg', '--data', path], 'place'],
  ['--data', (path) => [...emulator, '--data', path], 'place'],
  ['--out', (path) => [...exported, '--out', path], 'place'],
  ['[folder]', (path) => ['init', path], 'place'],
]
const reading = cases.filter(([, , wants]) => wants !== 'place')
const writing = cases.filter(([, , wants]) => wants === 'place')

/** The option, the path, the problem and what to do, on one line and without a stack. */
function isSaid(stderr: string, option: string, path: string): void {
  const [line = '', ...more] = stderr.trim().split('\n')
  expect(line.startsWith(`vodflow: ${option} ${path}`), stderr).toBe(true)
  expect(line).toMatch(/: (is|has|does|cannot) [^;]+ \(E[A-Z]+\)(; (pass|use)|\. Use) /)
  expect(more).toEqual([])
}

it.each(reading)('%s that is not there: %j', async (option, args) => {
  const path = join(folder, 'none')
  const { code, stderr } = await vodflow(args(path), nowhere)
  isSaid(stderr, option, path)
  expect(code).toBe(1)
})

it.each(cases.filter(([, , wants]) => wants === 'file'))('%s that is a folder: %j', async (option, args) => {
  const { code, stderr } = await vodflow(args(folder), nowhere)
  isSaid(stderr, option, folder)
  expect(code).toBe(1)
})

it.each(cases)('%s within a file: %j', async (option, args) => {
  const path = join(file, 'within')
  const { code, stderr } = await vodflow(args(path), nowhere)
  isSaid(stderr, option, option === '[folder]' || option === '--out' ? file : path)
  expect(code).toBe(1)
})

it.each(writing)('%s where nothing can be made, which must not hang: %j', async (option, args) => {
  const { code, stderr } = await vodflow(args('/proc/vodflow'), nowhere)
  isSaid(stderr, option, '/proc/vodflow')
  expect(code).toBe(1)
})

it('probe refuses a page within a file', async () => {
  const path = join(file, 'answers.md')
  const args = ['probe', '--free', '--only', 'unknown-task', '--out', path]
  const { code, stderr } = await vodflow(args, nowhere)
  isSaid(stderr, '--out', path)
  expect(code).toBe(1)
})

it.each([
  ['dev', '--template'],
  ['templates create', '<file>'],
  ['templates diff', '<file>'],
])('%s names the file and the field of a template that is none', async (command, option) => {
  const given = option === '<file>' ? [file] : ['--template', file]
  const { code, stderr } = await vodflow([...command.split(' '), ...given], nowhere)
  expect(stderr).toMatch(new RegExp(`^vodflow: ${option} ${file}: Name: .+; .+`))
  expect(code).toBe(1)
})

it.each([
  [
    ['dev', '--temporal-port', '4711', '--ui-port', '4711'],
    '--temporal-port and --ui-port both name port 4711',
  ],
  [
    ['dev', '--ui-port', '4711', '--callbacks-port', '4711'],
    '--ui-port and --callbacks-port both name port 4711',
  ],
  [
    ['dev', '--vod-port', '4711', '--callbacks-port', '4711'],
    '--vod-port and --callbacks-port both name port 4711',
  ],
  [['worker', '--metrics', '4711', '--health', '0.0.0.0:4711'], '--metrics and --health both name port 4711'],
  [['callbacks', '--port', '4711', '--metrics', '4711'], '--port and --metrics both name port 4711'],
])('one port for two servers: %j', async (args, said) => {
  const { code, stderr } = await vodflow(args, nowhere)
  expect(stderr).toBe(`vodflow: ${said}; pass a different port for each\n`)
  expect(code).toBe(1)
})
