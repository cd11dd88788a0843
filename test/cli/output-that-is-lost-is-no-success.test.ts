import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keys } from '../emulator/commandLine.js'
import { type Rig, sdkCall, startRig } from '../emulator/rig.js'
import { binary } from '../support/binary.js'
import { spawnVodflow } from './cli.js'

let vod: Rig
let folder: string
let env: Record<string, string>
const Comment = 'A template whose JSON is longer than the 512 bytes to which its file is limited. '.repeat(3)
beforeAll(async () => {
  vod = await startRig()
  folder = await mkdtemp(join(tmpdir(), 'vodflow-lost-'))
  const tasks = { TranscodeTaskSet: [100010, 100020, 100030].map((Definition) => ({ Definition })) }
  await vod.call('CreateProcedureTemplate', { Name: 'long', Comment, MediaProcessTask: tasks })
  env = {
    VODFLOW_VOD_ENDPOINT: vod.endpoint,
    TENCENTCLOUD_SECRET_ID: keys.secretId,
    TENCENTCLOUD_SECRET_KEY: keys.secretKey,
  }
})
afterAll(() => vod?.close())

/** The command with redirections of a shell; `$0` is the program. */
const inShell = (words: string) =>
  spawn('sh', ['-c', words, process.execPath, binary], { env: { ...process.env, ...env } })

async function endOf(child: ChildProcess) {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, stderr }
}

describe('what a command prints', () => {
  it('arrives as a whole in a file', async () => {
    const file = join(folder, 'whole.json')
    expect(await endOf(inShell(`"$0" "$1" templates show long > ${file}`))).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ Name: 'long' })
  })

  it.each([
    ['no room at all', '/dev/full', ''],
    ['room for a part of it', 'part.json', 'ulimit -f 1; '],
  ])('is no success with %s', async (_, name, limit) => {
    if (name === '/dev/full' && !existsSync(name)) return
    const { code, stderr } = await endOf(
      inShell(`cd ${folder}; ${limit}"$0" "$1" templates show long > ${name}`),
    )
    expect(stderr).toMatch(/^vodflow: the output could not be written: .*(ENOSPC|EFBIG).*\n$/)
    expect(code).toBe(1)
  })

  it('may have a reader that wants no more, as head does', async () => {
    const child = spawnVodflow(['templates', 'show', 'long'], env)
    child.stdout.destroy()
    expect(await endOf(child)).toEqual({ code: 0, stderr: '' })
  })
})

describe('a service goes on without its log', () => {
  const flags = ['emulator', '--port', '0', '--media', 'instant', '--log-format', 'json']
  const emulator = [...flags, '--secret-id', keys.secretId, '--secret-key', keys.secretKey]
  const withoutDisk = () => inShell(`exec "$0" "$1" ${emulator.join(' ')} 2> /dev/full`)
  const withoutReader = () => {
    const child = spawnVodflow(emulator)
    child.stderr.destroy()
    return child
  }

  it.each([
    ['when the disk is full', withoutDisk],
    ['when its reader has gone', withoutReader],
  ])('%s', async (_, start) => {
    const child = start()
    const endpoint = await new Promise<string>((resolve, reject) => {
      child.stdout
        .setEncoding('utf8')
        .on('data', (said: string) => resolve(said.trim().split(' ').at(-1) ?? ''))
      child.once('exit', (code) => reject(new Error(`it ended with ${code}`)))
    })
    for (let call = 0; call < 3; call++)
      expect(await sdkCall(endpoint)('DescribeTasks')).toMatchObject({ TaskSet: [] })
    child.kill()
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  })
})
