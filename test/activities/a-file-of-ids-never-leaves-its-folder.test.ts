import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readIds } from '../../src/activities/batch/readIds.js'
import type { ActivityContext } from '../../src/activities/context.js'
import type { Ids } from '../../src/contract/batchActivities.js'

const secret = 'TENCENTCLOUD_SECRET_KEY=planted'

let home: string
let idsFolder: string
let socket: Server
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'vodflow-ids-'))
  idsFolder = join(home, 'ids')
  await mkdir(join(idsFolder, 'sub'), { recursive: true })
  await mkdir(join(home, 'ids-of-others'))
  await writeFile(join(home, 'worker.env'), `${secret}\n`)
  await writeFile(join(home, 'ids-of-others', 'list'), `${secret}\n`)
  await writeFile(join(idsFolder, 'list.txt'), '# note\n528\n529\n')
  await writeFile(join(idsFolder, 'of-windows.txt'), '\ufeff528\r\n529\r\n')
  await writeFile(join(idsFolder, 'bad.txt'), '528\nnot an id but words\n')
  await writeFile(join(idsFolder, '.env'), `${secret}\n`)
  await writeFile(join(idsFolder, 'sub', 'list.txt'), '530\n')
  for (const [name, to] of [
    ['out', join(home, 'worker.env')],
    ['relative', '../worker.env'],
    ['beside', '../ids-of-others/list'],
    ['up', '..'],
    ['twice', 'out'],
    ['device', '/dev/zero'],
    ['nowhere', 'no-such-file'],
    ['circle', 'circle'],
    ['inside', 'list.txt'],
  ] as const)
    await symlink(to, join(idsFolder, name))
  execFileSync('mkfifo', [join(idsFolder, 'pipe')])
  socket = createServer().listen(join(idsFolder, 'socket'))
})
afterAll(async () => {
  await new Promise((closed) => socket.close(closed))
  await rm(home, { recursive: true, force: true })
})

function read(file: unknown, cursor: unknown = { read: 0 }): Promise<Ids> {
  const activity = readIds({ idsFolder } as ActivityContext)
  const page = { account: 'default', source: { file }, cursor }
  return new MockActivityEnvironment({ attempt: 1 }).run(activity as (page: unknown) => Promise<Ids>, page)
}

it.each(['list.txt', 'inside', 'of-windows.txt'])('%s is read', async (name) => {
  expect(await read(name)).toEqual({ FileIds: ['528', '529'] })
})

it.each([
  '../worker.env',
  '..',
  '.',
  '',
  './list.txt',
  'sub/list.txt',
  'sub/../../worker.env',
  'sub',
  '/etc/passwd',
  '..\\worker.env',
  'list.txt\0.csv',
  'list.txt\n',
  '%2e%2e/worker.env',
  '.env',
  '~',
  'a'.repeat(300),
  'list\ud83c',
  5,
  null,
  ['list.txt'],
  { toString: 1 },
  'out',
  'relative',
  'beside',
  'up',
  'twice',
  'device',
  'nowhere',
  'pipe',
  'no-such-file',
])('%j is refused for good, and nothing of it is shown', async (name) => {
  const error = await read(name).catch((error: unknown) => error)
  expect(error).toMatchObject({ type: 'InvalidInput', nonRetryable: true })
  expect(String((error as Error).message)).toMatch(/^source\.file: /)
  expect(JSON.stringify(error)).not.toContain('planted')
  expect(String((error as Error).message)).not.toContain(home)
})

it.each(['circle', 'socket'])('%s cannot be read, and the path is not shown', async (name) => {
  const error = (await read(name).catch((error: unknown) => error)) as Error
  expect(error.message).toMatch(/^source\.file: the worker cannot read the file \(E[A-Z]+\)/)
  expect(error.message).not.toContain(home)
})

it('what stands in a list that is none is not shown', async () => {
  const error = await read('bad.txt').catch((error: unknown) => error)
  expect(error).toMatchObject({
    type: 'InvalidInput',
    message: expect.stringMatching(/not a FileId \(number 2\)/),
  })
  expect(String((error as Error).message)).not.toContain('words')
})

it.each([
  { read: 0, byte: -1 },
  { read: 0, byte: 0.5 },
  { read: 0, byte: '0' },
  { read: 0, byte: 1e300 },
  { read: 'x' },
  { read: 0, file: 5 },
  null,
  'end',
])('a cursor %j is refused', async (cursor) => {
  const error = await read('list.txt', cursor).catch((error: unknown) => error)
  expect(error).toMatchObject({ type: 'InvalidInput', nonRetryable: true })
})
