import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { vodflow } from './cli.js'

let system: System
let folder: string
beforeAll(async () => {
  system = await startSystem({ media: 'instant' })
  folder = await mkdtemp(join(tmpdir(), 'vodflow-report-'))
})
afterAll(() => system.close())

const report = (...args: readonly string[]) => vodflow(['report', ...args], system.environment)

it('every run of a media file, by any id: with RequestIds, in a page and as JSON', async () => {
  const FileId = await system.media()
  const context = 'token=whatever-stands-here'
  const runs = [
    await system.vodflow.process({ FileId, ProcedureName: 'one', SessionContext: context }),
    await system.vodflow.process({ FileId, ProcedureName: 'two' }),
  ]
  const [one] = await Promise.all(runs.map((run) => run.result()))
  const out = join(folder, 'by-file')
  const { code, stdout, stderr } = await report(FileId, '--out', out, '--json', '--ui', 'http://ui.test')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({
    page: join(out, 'report.html'),
    json: join(out, 'report.json'),
    runs: 2,
  })
  const [page, json] = await Promise.all(
    ['report.html', 'report.json'].map((name) => readFile(join(out, name), 'utf8')),
  )
  const file = JSON.parse(json ?? '')
  expect(file.runs.map((run: { workflowId: string }) => run.workflowId).sort()).toEqual(
    runs.map(({ workflowId }) => workflowId).sort(),
  )
  for (const { submissions, uiUrl } of file.runs) {
    expect(submissions).toMatchObject([
      { cameTo: 'accepted', requestId: expect.stringMatching(/^[\w-]{20,}$/) },
    ])
    expect(uiUrl).toMatch(/^http:\/\/ui\.test\/namespaces\/default\/workflows\/vod%2F/)
    expect(page).toContain(submissions[0].requestId)
  }
  // Hidden, in the page as in the JSON.
  expect(page).not.toContain('whatever-stands-here')
  expect(json).not.toContain('whatever-stands-here')
  expect(file.runs[0].outputs.length).toBeGreaterThan(0)

  for (const id of [one?.TaskId, one?.attempts[0]?.SessionId, runs[0]?.workflowId] as string[]) {
    const again = JSON.parse((await report(id, '--out', join(folder, 'again'), '--json')).stdout)
    expect(again.runs).toBe(1)
  }
})

it('of a run whose texts look like a secret in JSON is JSON, and has them', async () => {
  const FileId = await system.media()
  const odd = ['"token":', '","sign":"x\\', '{"password":"', 'a|b\n"secretKey"=\'', 'https://a.example/?"}']
  const runs = await Promise.all(
    odd.map((SessionContext, index) =>
      system.vodflow.process(
        { FileId, ProcedureName: 'one', SessionContext },
        { workflowId: `odd-${index}` },
      ),
    ),
  )
  await Promise.all(runs.map((run) => run.result()))
  const out = join(folder, 'odd')
  const { code, stderr } = await report(FileId, '--out', out)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const file = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))
  expect(file.runs).toHaveLength(odd.length)
  expect(JSON.stringify(file.runs.map((run: { input: unknown }) => run.input))).toContain(
    String.raw`\"token\":`,
  )
})

it('a history that was exported needs no server', async () => {
  const path = 'test/histories/repaired.json'
  const args = ['report', 'a ticket', '--history', path, '--out', join(folder, 'exported')]
  const { code, stdout } = await vodflow(args, { TEMPORAL_ADDRESS: '127.0.0.1:1' })
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(folder, 'exported', 'report.html')}\n` })
  expect(await readFile(join(folder, 'exported', 'report.html'), 'utf8')).toContain('<h1>a ticket</h1>')
})

/** A recorded history, with other payloads. */
async function history(name: string, change = (payload: string) => payload): Promise<string> {
  const text = await readFile(`test/histories/${name}.json`, 'utf8')
  const changed = (data: string) =>
    Buffer.from(change(Buffer.from(data, 'base64').toString())).toString('base64')
  return text.replaceAll(/(?<="data": ?")[^"]+/g, changed)
}

describe('--copy', () => {
  it('that copies none of the outputs says why, and fails', async () => {
    // The local VOD of the history is gone, and without ffmpeg its outputs have no endings.
    const cases = [
      [
        'without-endings',
        await history('repaired'),
        /^vodflow: note: not copied: Transcode 1000\d0.* \(the URL names no picture/,
      ],
      [
        'gone',
        await history('repaired', (text) => text.replaceAll('/Transcode.100010', '/Transcode.100010.mp4')),
        /not copied: Transcode 100010 \(.*ECONNREFUSED/,
      ],
      ['without-outputs', await history('refused'), /^vodflow: nothing to copy: there are no outputs$/m, 0],
    ] as const
    for (const [id, text, said, exitCode = 1] of cases) {
      const path = join(folder, `${id}.json`)
      await writeFile(path, text)
      const out = join(folder, id)
      const { code, stdout, stderr } = await vodflow([
        'report',
        id,
        '--history',
        path,
        '--out',
        out,
        '--copy',
      ])
      expect(stderr).toMatch(said)
      expect({ code, stdout }).toEqual({
        code: exitCode,
        stdout: `${join(out, 'report.html')}\n`,
      })
    }
  })

  it('says where the copies are', async () => {
    const server = createServer((_, response) => response.end('a film')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const path = join(folder, 'served.json')
    const served = await history('repaired', (text) =>
      text
        .replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`)
        .replaceAll('/Transcode.100010', '/Transcode.100010.mp4'),
    )
    await writeFile(path, served)
    const out = join(folder, 'served')
    const { code, stdout, stderr } = await vodflow(['report', 'x', '--history', path, '--out', out, '--copy'])
    server.close()
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${join(out, 'report.html')}\n1 copy in ${join(out, 'outputs')}\n`,
    })
    expect(stderr).toMatch(/not copied: Transcode 100020 /)
  })
})

it('bad input: which, and what to give', async () => {
  const file = join(folder, 'a-file')
  await writeFile(file, 'no json')
  const cases = [
    [['nobody-has-it'], /Nothing has the id "?nobody-has-it/],
    [
      ['x', '--history', join(folder, 'none')],
      /--history .*: does not exist \(ENOENT\).*temporal workflow show/,
    ],
    [['x', '--history', file], /--history .*: is not JSON.*temporal workflow show/],
    [['x', '--history', 'package.json'], /--history: is not the history of a workflow/],
    [['x', '--ui', 'ui.test'], /http:\/\/ or https:\/\//],
    [['x', '--history', 'test/histories/repaired.json', '--out', join(file, 'below')], /a-file/],
  ] as const
  for (const [args, message] of cases) {
    const { code, stderr, stdout } = await report(...args)
    expect(stderr).toMatch(message)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  }
})
