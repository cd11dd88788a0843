import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { vodflow } from '../../cli/cli.js'

const film = 'the film'
/** What the store of media answers to each path. */
let answers: Readonly<Record<string, { readonly status: number; readonly location?: string }>> = {}
let asked: string[] = []
let server: Server
let address: string
let history: string
let folder: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://media.test')
    asked.push(pathname)
    const { status = 200, location } = answers[pathname] ?? {}
    response.writeHead(status, location === undefined ? {} : { location }).end(status === 200 ? film : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const files = await mkdtemp(join(tmpdir(), 'vodflow-history-'))
  history = join(files, 'history.json')
  await writeFile(history, await historyWith(`${address}/film.mp4?sign=1`))
})
afterAll(() => server.close())
beforeEach(async () => {
  answers = {}
  asked = []
  folder = await mkdtemp(join(tmpdir(), 'vodflow-report-'))
})

/** A recorded history whose one output has another URL. */
async function historyWith(url: string): Promise<string> {
  const text = await readFile('test/histories/one-task-by-callback.json', 'utf8')
  const changed = (data: string) => {
    const payload = Buffer.from(data, 'base64').toString()
    return Buffer.from(payload.replaceAll(/http:[^"]*Transcode\.\d+/g, url)).toString('base64')
  }
  return text.replaceAll(/"data": ?"([\w+/=]+)"/g, (_, data) => `"data":"${changed(data)}"`)
}

const report = (out: string, ...more: readonly string[]) =>
  vodflow(['report', 'x', '--history', history, '--out', out, ...more])

async function outputsIn(out: string) {
  const { runs } = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))
  const files = ({ outputs }: { outputs: { files: unknown[] }[] }) =>
    outputs.flatMap((output) => output.files)
  return runs.flatMap(files) as readonly {
    readonly copy?: string
    readonly copyProblem?: string
  }[]
}

async function copyIn(out: string): Promise<string | undefined> {
  const [output] = await outputsIn(out)
  return output?.copy === undefined ? undefined : readFile(join(out, output.copy), 'utf8')
}

it("a folder's own outputs, and its other files, stay", async () => {
  const theirs = { 'outputs/1-Transcode-film.mp4': 'mine', 'outputs/deep/er.txt': 'mine', 'notes.md': 'mine' }
  await mkdir(join(folder, 'outputs/deep'), { recursive: true })
  for (const [name, text] of Object.entries(theirs)) await writeFile(join(folder, name), text)
  expect(await report(folder, '--copy')).toMatchObject({ code: 0, stderr: '' })
  for (const name of Object.keys(theirs)) expect(await readFile(join(folder, name), 'utf8')).toBe('mine')
  expect(await copyIn(folder)).toBe(film)
})

it.each([
  ['404', { status: 404 }, 'HTTP status 404'],
  ['500', { status: 500 }, 'HTTP status 500'],
  ['a redirect', { status: 302, location: '/other.mp4' }, 'HTTP status 302: redirects are not followed'],
])('a copy that cannot be made again stays the earlier one: %s', async (_, answer, problem) => {
  await report(folder, '--copy')
  answers = { '/film.mp4': answer }
  expect(await report(folder, '--copy')).toMatchObject({ code: 0 })
  expect(await outputsIn(folder)).toMatchObject([{ copyProblem: problem }])
  expect(await copyIn(folder)).toBe(film)
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain(
    `not copied: ${problem}; the copy is from an earlier report`,
  )
})

it('a report without --copy keeps the copies too', async () => {
  await report(folder, '--copy')
  await report(folder)
  expect(await copyIn(folder)).toBe(film)
  expect(asked).toEqual(['/film.mp4'])
})

it.each([301, 307, 308])('a redirect with %i leads nowhere', async (status) => {
  answers = { '/film.mp4': { status, location: `${address}/latest/meta-data` } }
  await report(folder, '--copy')
  expect(await outputsIn(folder)).toMatchObject([
    { copyProblem: `HTTP status ${status}: redirects are not followed` },
  ])
  expect(await copyIn(folder)).toBeUndefined()
  expect(asked).toEqual(['/film.mp4'])
})

it.each([
  ['report.json', '{"tests":12}'],
  ['report.json', 'no json'],
  ['report.json', 'null'],
  ['report.html', '<h1>Coverage</h1>'],
])('%s of another program is left as it is, and nothing is asked: %s', async (name, text) => {
  await writeFile(join(folder, name), text)
  const { code, stderr } = await report(folder, '--copy')
  expect(stderr).toBe(
    `vodflow: --out ${join(folder, name)}: is a file that vodflow did not write, so it was not replaced; pass another folder\n`,
  )
  expect(code).toBe(1)
  expect(await readdir(folder)).toEqual([name])
  expect(await readFile(join(folder, name), 'utf8')).toBe(text)
  expect(asked).toEqual([])
})

it('of a link, what it leads to is looked at and replaced', async () => {
  const target = join(folder, 'elsewhere.json')
  const out = join(folder, 'out')
  await mkdir(out)
  await symlink(target, join(out, 'report.json'))
  await writeFile(target, '{"theirs":true}')
  expect((await report(out)).code).toBe(1)
  expect(await readFile(target, 'utf8')).toBe('{"theirs":true}')
  await writeFile(target, '{"v":1,"id":"x","vodflow":"0.1.0","runs":[]}')
  expect((await report(out)).code).toBe(0)
  expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({ id: 'x' })
  expect(await outputsIn(out)).toHaveLength(1)
})

it('the report of another id is replaced, and named', async () => {
  await report(folder)
  const other = await vodflow(['report', 'y', '--history', history, '--out', folder])
  expect(other).toMatchObject({ code: 0, stderr: `vodflow: replaces the report of x in ${folder}\n` })
  expect((await report(folder)).stderr).toBe(`vodflow: replaces the report of y in ${folder}\n`)
  expect((await report(folder)).stderr).toBe('')
})

it('two reports at once into one folder: each file is whole', async () => {
  const both = await Promise.all([report(folder, '--copy'), report(folder, '--copy')])
  expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ])
  expect(await copyIn(folder)).toBe(film)
  const names = await readdir(folder, { recursive: true })
  expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
})

it.each(['outputs', ''])('a file where a folder must be: out/%s', async (name) => {
  const out = join(folder, 'out')
  if (name !== '') await mkdir(out)
  await writeFile(join(out, name), 'mine')
  const { code, stderr } = await report(out, '--copy')
  expect(stderr).toMatch(
    /^vodflow: --out \/.*: (is a file, not a folder|has a file where a folder is expected) /,
  )
  expect(code).toBe(1)
  expect(await readFile(join(out, name), 'utf8')).toBe('mine')
})
