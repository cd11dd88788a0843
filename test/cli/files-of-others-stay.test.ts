import { execFileSync, spawnSync } from 'node:child_process'
import { lstat, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { binary } from '../support/binary.js'
import { vodflow } from './cli.js'

/** Nothing listens there: a file of somebody else must be seen before anybody is asked. */
const nowhere = {
  VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
  TENCENTCLOUD_SECRET_ID: 'local',
  TENCENTCLOUD_SECRET_KEY: 'local',
}
const free = ['probe', '--free', '--only', 'unknown-task', '--out']
const emulator = ['emulator', '--port', '0', '--secret-id', 'local', '--secret-key', 'local']

it.each([
  ['answers.md', 'my answers', (folder: string) => [...free, join(folder, 'answers.md')]],
  ['answers.md.json', '{"mine":1}', (folder: string) => [...free, join(folder, 'answers.md')]],
  ['dev.env', 'SECRET=mine', (folder: string) => ['dev', '--no-ffmpeg', '--data', folder]],
  ['dev.env', 'export PATH=/mine', (folder: string) => ['dev', '--no-ffmpeg', '--data', folder]],
  ['journal.jsonl', '{"mine":1}\n', (folder: string) => [...emulator, '--data', folder]],
  ['journal.jsonl', '[1,2]\n', (folder: string) => [...emulator, '--data', folder]],
  ['tsconfig.json', '{"mine":1}', (folder: string) => ['init', folder]],
  ['package.json', '{"scripts":{"start":"mine"}}', (folder: string) => ['init', folder]],
])('%s: %j', async (name, text, args) => {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-others-'))
  await writeFile(join(folder, name), text)
  const { code, stderr } = await vodflow(args(folder), nowhere)
  expect(stderr).toMatch(
    new RegExp(
      `^vodflow: .*${name.replaceAll('.', '\\.')}.*(did not write|another program|is left as it is|scripts of its own).*(; (pass a|use a|move it)|\\. (Use another|Move it))`,
    ),
  )
  expect(code).toBe(1)
  expect(await readFile(join(folder, name), 'utf8')).toBe(text)
})

const history = ['report', 'x', '--history', 'test/histories/one-task-by-callback.json', '--out']
const sockets = createServer()
afterAll(() => sockets.close())

/** What no program may rename a file over. */
const odd = {
  'a pipe': (path: string) => execFileSync('mkfifo', [path]),
  'a socket': (path: string) => new Promise<void>((resolve) => sockets.close().listen(path, resolve)),
  'a link to nothing': (path: string) => symlink(join(path, '..', 'nothing'), path),
} as const

it.each(
  [
    ['answers.md', (folder: string) => [...free, join(folder, 'answers.md')]],
    ['answers.md.json', (folder: string) => [...free, join(folder, 'answers.md')]],
    ['report.html', (folder: string) => [...history, folder]],
    ['report.json', (folder: string) => [...history, folder]],
    ['dev.env', (folder: string) => ['dev', '--no-ffmpeg', '--data', folder]],
    ['journal.jsonl', (folder: string) => [...emulator, '--data', folder]],
    ['package.json', (folder: string) => ['init', folder]],
  ].flatMap(([name, args]) =>
    Object.entries(odd).map(([kind, make]) => ({ name: name as string, args: args as Args, kind, make })),
  ),
)('$name that is $kind', async ({ name, args, make }) => {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-odd-'))
  const path = join(folder, name)
  await make(path)
  const { mode } = await lstat(path)
  const { code, stderr } = await vodflow(args(folder), nowhere)
  expect(stderr).toMatch(
    /^vodflow: .*(is not a regular file|is a link to a file that does not exist).*(; (pass a|use a|move it)|\. (Use another|Move it))/,
  )
  expect(code).toBe(1)
  expect(await lstat(path)).toMatchObject({ mode })
  expect((await readdir(folder)).filter((other) => /\.(tmp|next)$/.test(other))).toEqual([])
})

type Args = (folder: string) => readonly string[]

it.each(['answers.md', '/dev/stdout'])('standard output is a file already: --out %s', async (out) => {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-stdout-'))
  const command = `exec "$@" --json --out ${out} > answers.md`
  const { stderr, status } = spawnSync(
    'sh',
    ['-c', command, 'sh', process.execPath, binary, ...free.slice(0, -1)],
    {
      cwd: folder,
      env: { ...process.env, ...nowhere },
      encoding: 'utf8',
    },
  )
  expect(stderr).toMatch(/: is the output of this command; pass a file/)
  expect(status).toBe(1)
  expect(await readdir(folder)).toEqual(['answers.md'])
})

/** A single file that a container mounts cannot be renamed over. */
it.skipIf(spawnSync('unshare', ['-rm', 'true']).status !== 0)(
  'a mounted file is written in place',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vodflow-mounted-'))
    const out = join(folder, 'out')
    const mounted = join(folder, 'mounted.json')
    await mkdir(out)
    for (const path of [mounted, join(out, 'report.json')])
      await writeFile(path, '{"v":1,"id":"x","vodflow":"0.1.0","runs":[]}')
    const command = `mount --bind "$0" "$1/report.json" && shift && exec "$@"`
    const program = [process.execPath, binary, ...history, out]
    const { stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', command, mounted, out, ...program], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(JSON.parse(await readFile(mounted, 'utf8')).runs).toHaveLength(1)
    expect((await readdir(out)).sort()).toEqual(['report.html', 'report.json'])
  },
)
