import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { vodflow } from './cli.js'

let system: System
let folder: string
beforeAll(async () => {
  system = await startSystem({ media: 'instant', waitingTime: 500 })
  folder = await mkdtemp(join(tmpdir(), 'vodflow-cli-'))
})
afterAll(() => system.close())

const run = (...args: readonly string[]) => vodflow(['batch', ...args], system.environment)
const lastOf = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '')

/** A file with so many media files of VOD, and a comment. */
async function idsFile(
  count: number,
  more: readonly string[] = [],
): Promise<{ path: string; ids: string[] }> {
  const ids = await Promise.all(Array.from({ length: count }, () => system.media()))
  const path = join(folder, `${Math.random()}.txt`)
  await writeFile(path, ['# my films', ...ids, ...more, ''].join('\n'))
  return { path, ids }
}

it('plan counts and starts nothing', async () => {
  const { path, ids } = await idsFile(3)
  const { code, stdout } = await run('plan', '--procedure', 'one', '--ids', path, '--json')
  expect(lastOf(stdout)).toMatchObject({ items: 3, wouldStart: 3, tasks: 3 })
  expect(code).toBe(0)
  expect((await run('plan', '--procedure', 'one', '--ids', path)).stdout).toMatch(
    /would start +3\n.*tasks of VOD, billed +3\n/s,
  )
  expect(ids.flatMap((id) => system.tasksOf(id))).toEqual([])
})

it('a plan that cannot be made says why, in flags', async () => {
  const { path } = await idsFile(1)
  const { code, stderr } = await run('plan', '--procedure', 'two', '--ids', path)
  expect(stderr).toMatch(
    /The plan could not be made: skipDone: .*\. Pass --no-skip-done, .*\. Nothing was started/,
  )
  expect(stderr).not.toMatch(/skipDone: false|Its runs continue/)
  expect(code).toBe(1)
})

it('run, watched to its end; again, it attaches and pays nothing', async () => {
  const { path, ids } = await idsFile(3)
  const args = ['run', 'films', '--procedure', 'one', '--ids', path, '--watch']
  const { code, stdout } = await run(...args, '--json')
  expect(lastOf(stdout)).toMatchObject({
    report: { total: 3, counts: { ended: { succeeded: 3 } }, failures: [] },
  })
  expect(code).toBe(0)
  const again = await run(...args)
  expect(again.stdout).toMatch(/^films\n.*3 items\nstarted 3: 3 succeeded\n/s)
  expect(ids.map((id) => system.tasksOf(id).length)).toEqual([1, 1, 1])
  const report = await run('report', 'films')
  expect(report).toMatchObject({ code: 0, stdout: expect.stringContaining('3 succeeded') })
})

it('a batch in which something fails ends with exit code 2, and the failures are done again', async () => {
  const { path, ids } = await idsFile(2, ['5285485487985271404'])
  system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times: 1 })
  const { code, stdout } = await run(
    'run',
    'bad',
    '--procedure',
    'one',
    '--ids',
    path,
    '--stop-at-failed',
    '100',
    '--watch',
  )
  expect(stdout).toMatch(/started 2: 1 succeeded, 1 failed\nleft out: 0 done before, 1 not at VOD/)
  expect(code).toBe(2)
  expect((await run('report', 'bad', '--json')).code).toBe(2)
  const again = await run('rerun-failed', 'bad', '--reason', 'the file is good again', '--watch', '--json')
  expect(lastOf(again.stdout)).toMatchObject({ report: { total: 1, counts: { ended: { succeeded: 1 } } } })
  expect(again.code).toBe(0)
  expect(ids.map((id) => system.tasksOf(id).length).sort()).toEqual([1, 2])
})

it('is paused, widened, resumed and stopped', async () => {
  const { path } = await idsFile(40)
  expect(await run('run', 'long', '--procedure', 'one', '--ids', path, '--window', '1')).toMatchObject({
    code: 0,
    stdout: 'long\n',
  })
  expect(lastOf((await run('pause', 'long', '--json')).stdout)).toMatchObject({ status: 'paused' })
  expect(lastOf((await run('window', 'long', '2', '--json')).stdout)).toMatchObject({ window: 2 })
  expect((await run('resume', 'long')).stdout).toMatch(/^running: .*window 2/)
  expect(await run('report', 'long')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^running: \d+ of 40 done/),
  })
  expect(
    lastOf((await run('stop', 'long', '--reason', 'wrong template', '--json')).stdout).stopped,
  ).toContain('wrong template')
  const ended = await run('report', 'long', '--watch')
  expect(ended.stdout).toMatch(/stopped: .*wrong template/)
  expect(ended.code).toBe(2)
  const late = await run('pause', 'long')
  expect(late.stderr).toMatch(/long/)
  expect(late.code).toBe(1)
})

describe('bad input', () => {
  it.each([
    ['no source', ['run', 'b', '--procedure', 'one'], /pass one source: --ids, --file or --search/],
    ['two sources', ['run', 'b', '--procedure', 'one', '--file', 'a', '--search', '{}'], /pass one source/],
    [
      'a file that is not there',
      ['plan', '--procedure', 'one', '--ids', '/no/such'],
      /--ids \/no\/such: does not exist \(ENOENT\)/,
    ],
    ['a search that is no JSON', ['plan', '--procedure', 'one', '--search', 'all'], /not a JSON object/],
    [
      'a misspelt condition',
      ['plan', '--procedure', 'one', '--search', '{"NamePrefix":["a"]}'],
      /NamePrefix/,
    ],
    [
      'a share above 100',
      ['plan', '--procedure', 'one', '--file', 'a', '--stop-at-failed', '101'],
      /from 0 to 100/,
    ],
    ['no procedure', ['plan', '--file', 'a'], /--procedure/],
    ['a batch that is not there', ['report', 'nothing'], /nothing/],
    ['a pause of what is not there', ['pause', 'nothing'], /nothing/],
    ['a window of nothing', ['window', 'b', '0'], /1 or more/],
    ['a stop without a reason', ['stop', 'b'], /--reason/],
    [
      'a status that is none',
      ['rerun-failed', 'b', '--reason', 'r', '--statuses', 'lost'],
      /"lost" is not one of/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })
})
