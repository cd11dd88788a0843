import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shellWord } from '../../src/client/shellWord.js'
import { makeTestClip, startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { root } from '../support/binary.js'

/** What a shell or make would run or expand, where a name reached one. */
const names = [
  "it's.mp4",
  'a b$(touch ran);.mp4',
  '$(shell touch ran).mp4',
  '`touch ran`.mp4',
  '"; touch ran; ".mp4',
  'a$$b"c.mp4',
  '%d 100%.mp4',
  '$(KEEP)#x.mp4',
  '-vf.mp4',
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-names-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ran {
  readonly code: number
  readonly out: string
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    // The variables of a make around these tests are not those of the command line. Without SHLVL, as in CI, bash reads bashrc.
    const {
      MAKEFLAGS: _,
      MFLAGS: __,
      MAKEOVERRIDES: ___,
      MAKELEVEL: ____,
      SHLVL: _____,
      ...inherited
    } = process.env
    execFile(program, [...args], { cwd: root, env: { ...inherited, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
    )
  })
}

/** A command in a name would leave a file `ran` where it was run: here, in the folders of the test, in what was made of it. */
const ran = async () => {
  const below = await readdir(folder, { recursive: true })
  return [...(await readdir(root)), ...below.map((name) => basename(name))].filter((name) => name === 'ran')
}

describe('make', () => {
  it('gives a name on to its recipes as it was typed', async () => {
    const show = join(folder, 'show.mk')
    await writeFile(show, `show:\n\t@printf '%s' "$$VIDEO"\n`)
    for (const name of names) {
      const given = await run('make', ['-f', 'Makefile', '-f', show, 'show', `VIDEO=${name}`])
      expect(given).toEqual({ code: 0, out: name })
      const inherited = await run('make', ['-f', 'Makefile', '-f', show, 'show'], { VIDEO: name })
      expect(inherited).toEqual({ code: 0, out: name })
    }
    expect(await ran()).toEqual([])
  })

  it('demo names a video that is not there', async () => {
    const path = join(folder, 'a b$(touch ran);.mp4')
    const { code, out } = await run('make', ['demo', `VIDEO=${path}`])
    expect(out).toContain(`VIDEO ${path}: does not exist (ENOENT); pass the path of a video`)
    expect(code).toBe(2)
  })

  it('example takes the names that there are', async () => {
    for (const name of ["x'; touch ran; '", '$(shell touch ran)', '"; touch ran; "', '`touch ran`', 'none']) {
      const { code, out } = await run('make', ['example', `NAME=${name}`])
      expect(out).toMatch(/give NAME one of these: .*publish-episode/)
      expect(code).toBe(2)
    }
    expect(await ran()).toEqual([])
  })

  it('demo shows a video of any name', async () => {
    const path = join(folder, 'a b$(touch ran);\'"`%d.mp4')
    await makeTestClip(path, { seconds: 1, width: 160, height: 90, fps: 10 })
    const { code, out } = await run('make', ['demo', `VIDEO=${path}`])
    expect(out).toMatch(/succeeded: /)
    expect(code).toBe(0)
    expect(await ran()).toEqual([])
  })
})

it('the local VOD processes in a folder of any name', async () => {
  const dataDir = join(folder, '%d it\'s "100%" $(touch ran)')
  await mkdir(dataDir)
  const clip = join(folder, 'clip.mp4')
  await makeTestClip(clip, { seconds: 1, width: 160, height: 90, fps: 10 })
  const credentials = { secretId: 'local-id', secretKey: 'local-key' }
  const vod = await startEmulator({ ...credentials, dataDir })
  const client = createVodClient({ endpoint: vod.endpoint, credentials })
  await client.call('CreateProcedureTemplate', {
    Name: 'all',
    MediaProcessTask: {
      TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100210 }],
      AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
      SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['0s'] }],
      ImageSpriteTaskSet: [{ Definition: 10 }],
    },
  })
  const { FileId } = await vod.upload(clip)
  const { TaskId } = await client.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'all' })
  const seen = () => client.call('DescribeTaskDetail', { TaskId })
  await expect.poll(async () => (await seen()).Status).toBe('FINISH')
  const results = JSON.stringify(vod.books().tasks)
  expect(results).toContain('SUCCESS')
  expect(results).not.toMatch(/"FAIL"/)
  await vod.close()
  expect(await ran()).toEqual([])
})

it('a word for a shell is that word', async () => {
  for (const word of [...names, '', "'", '\n', 'plain-1.2/3']) {
    const { out } = await run('bash', ['-c', `printf %s ${shellWord(word)}`])
    expect(out).toBe(word)
  }
  await writeFile(
    join(folder, 'dev.env'),
    names.map((name, n) => `export N${n}=${shellWord(name)}\n`).join(''),
  )
  const told = await run('bash', ['-c', `source ${shellWord(join(folder, 'dev.env'))}; printf %s "$N1"`])
  expect(told.out).toBe(names[1])
  expect(await ran()).toEqual([])
})
