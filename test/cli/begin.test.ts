import { once } from 'node:events'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, it } from 'vitest'
import { binary } from '../support/binary.js'
import { spawnVodflow, vodflow } from './cli.js'
import { refusalOf } from './refused.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-begin-'))
})

const anyPorts = ['--no-ffmpeg', '--temporal-port', '0', '--ui-port', '0', '--vod-port', '0']

describe('init', () => {
  it('writes a project, and never over what is there', async () => {
    const path = join(folder, 'My Pipeline')
    const { code, stdout } = await vodflow(['init', path])
    expect(stdout).toMatch(/npm install\n {2}npm start\n$/)
    expect(stdout).toContain('for the worker: @temporalio/activity, @temporalio/plugin, @temporalio/worker\n')
    expect(stdout).toContain('for vodflow dev: @ffmpeg-installer/ffmpeg, ')
    expect(code).toBe(0)
    const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))
    expect(manifest).toMatchObject({
      name: 'my-pipeline',
      scripts: { test: expect.stringMatching(/^vodflow dev .*-- vitest run/) },
      dependencies: {
        vodflow: expect.stringMatching(/^\^\d/),
        '@temporalio/activity': expect.any(String),
        '@temporalio/plugin': expect.any(String),
        '@temporalio/worker': expect.any(String),
      },
      devDependencies: {
        '@ffmpeg-installer/ffmpeg': expect.any(String),
        '@ffprobe-installer/ffprobe': expect.any(String),
        '@temporalio/testing': expect.any(String),
      },
    })
    expect(await readFile(join(path, 'src/workflows.ts'), 'utf8')).toContain('export async function publish')
    await writeFile(join(path, 'src/workflows.ts'), 'mine')
    expect(await vodflow(['init', path])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already exists'),
    })
    expect(await readFile(join(path, 'src/workflows.ts'), 'utf8')).toBe('mine')
  })

  it('adds to the package.json that npm install left, and changes nothing of it', async () => {
    const path = await mkdtemp(join(folder, 'installed-'))
    const there = {
      private: false,
      scripts: { test: 'mine' },
      dependencies: { vodflow: 'file:vodflow.tgz' },
      devDependencies: { typescript: '^5.5.0' },
    }
    await writeFile(join(path, 'package.json'), JSON.stringify(there))
    expect(await vodflow(['init', path])).toMatchObject({ code: 0 })
    expect(JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))).toMatchObject({
      ...there,
      type: 'module',
      scripts: { test: 'mine', start: expect.stringContaining('vodflow dev') },
      dependencies: { vodflow: 'file:vodflow.tgz', '@temporalio/worker': expect.any(String) },
    })
  })

  it('puts its test in the place of the one that npm init writes', async () => {
    const path = await mkdtemp(join(folder, 'npm-init-'))
    const placeholder = 'echo "Error: no test specified" && exit 1'
    await writeFile(join(path, 'package.json'), JSON.stringify({ scripts: { test: placeholder } }))
    expect(await vodflow(['init', path])).toMatchObject({ code: 0 })
    const { scripts } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))
    expect(scripts.test).toContain('vitest run')
  })

  it.each([
    ['{', /package\.json: cannot be read as a package\.json/],
    ['{"scripts": []}', /package\.json: cannot be read as a package\.json .*scripts/s],
    ['{"type": "commonjs"}', /package\.json: type is commonjs/],
    ['{"scripts": {"start": "mine"}}', /package\.json: has scripts of its own for start/],
  ])('a package.json of %s is left as it is', async (text, message) => {
    const path = await mkdtemp(join(folder, 'other-'))
    await writeFile(join(path, 'package.json'), text)
    const { code, stderr } = await vodflow(['init', path])
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
    expect(await readdir(path)).toEqual(['package.json'])
    expect(await readFile(join(path, 'package.json'), 'utf8')).toBe(text)
  })

  it.each([
    [['init'], /README\.md|tsconfig\.json: already exists/],
    [['init', 'package.json'], /has a file where a folder is expected \(ENOTDIR\)/],
    [['init', 'x', '--package', ''], /empty/],
  ])('%s is refused', async (args, message) => {
    const { code, stderr } = await vodflow(args)
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
  })
})

describe('dev', () => {
  describe('in a folder that is kept', () => {
    const one = {
      Name: 'one',
      Comment: 'first',
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    }
    const two = { Name: 'two', Comment: 'second', MediaProcessTask: {} }
    const ours = `"${process.execPath}" "${binary}"`
    let data: string
    beforeAll(() => {
      data = join(folder, 'data')
    })

    async function given(...templates: readonly object[]): Promise<string[]> {
      const files = templates.map((_, index) => join(folder, `template-${index}.json`))
      for (const [index, file] of files.entries()) await writeFile(file, JSON.stringify(templates[index]))
      return ['dev', ...anyPorts, '--data', data, ...files.flatMap((file) => ['--template', file])]
    }

    function commentsIn(text: string) {
      const listed: { Name: string; Comment: string }[] = JSON.parse(text).templates
      return Object.fromEntries(listed.map(({ Name, Comment }) => [Name, Comment]))
    }

    it('carries a command out with everything up and the templates given, and ends with its exit code', async () => {
      const script = `test -n "$VODFLOW_DEV_FILE_ID" && echo "$TEMPORAL_ADDRESS" && ${ours} templates list --json && exit 7`
      const { code, stdout } = await vodflow([...(await given(one, two)), '--', 'sh', '-c', script])
      const [address, ...rest] = stdout.split('\n')
      expect(address).toMatch(/^127\.0\.0\.1:\d+$/)
      expect(commentsIn(rest.join('\n'))).toMatchObject({ one: 'first', two: 'second' })
      expect(code).toBe(7)
    })

    it('stays up until it is told to end, with settings for another terminal and a template that has changed', async () => {
      const child = spawnVodflow(await given({ ...one, Comment: 'changed' }))
      let said = ''
      for await (const line of createInterface(child.stdout)) {
        said += `${line}\n`
        if (line.includes('Ctrl-C')) break
      }
      expect(said).toContain(`source ${join(data, 'dev.env')}`)
      const settings = await readFile(join(data, 'dev.env'), 'utf8')
      const environment = Object.fromEntries(
        [...settings.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
      )
      // Secrets stand in that file only.
      expect(said).not.toContain(environment.TENCENTCLOUD_SECRET_KEY)
      expect(said).not.toContain(environment.VODFLOW_MAC_KEYS)
      const FileId = /media +FileId (\d+)/.exec(said)?.[1] ?? ''
      expect(said).toMatch(/templates +TranscodeAndSnapshot, one\n/)
      const suggested = /npx vodflow (process .*)/.exec(said)?.[1]?.split(' ') ?? []
      expect(suggested).toEqual(['process', FileId, '--procedure', 'one', '--watch'])
      const done = await vodflow(suggested, environment)
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded: ') })

      child.kill('SIGINT')
      expect((await once(child, 'close'))[0]).toBe(0)
      // It is all there when it comes again.
      const script = `${ours} list --json && ${ours} templates list --json`
      const { stdout } = await vodflow([...(await given()), '--', 'sh', '-c', script])
      const [listed = '', ...templates] = stdout.split('\n')
      expect(JSON.parse(listed)).toMatchObject({ status: 'COMPLETED', request: { FileId } })
      expect(commentsIn(templates.join('\n'))).toMatchObject({ one: 'changed', two: 'second' })
    })
  })

  it.each([
    ['a video that is not there', ['--video', '/no/such.mp4'], /--video \/no\/such\.mp4: does not exist/],
    [
      'a template that is not there',
      ['--template', '/no/such.json'],
      /--template \/no\/such\.json: does not exist \(ENOENT\)/,
    ],
    ['a template that is none', ['--template', 'package.json'], /Name/],
    ['a command that is none', [...anyPorts, '--', '/no/such'], /\/no\/such cannot be run \(ENOENT\)/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await vodflow(['dev', ...args])
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
  })
})

it.each([
  ['a port that is none', ['--ui-port', 'high'], /A port is a number/],
  ['an action that is none', ['--allow', 'delete'], /not the name of an action/],
])('%s is refused by the options of dev', async (_, args, message) => {
  expect(await refusalOf(['dev', ...args])).toMatch(message)
})

it.each([['setup'], ['doctor'], ['list']])('%s without Temporal says what to set', async (command) => {
  const { code, stderr, stdout } = await vodflow([command, '--json'], { TEMPORAL_ADDRESS: '127.0.0.1:1' })
  expect(stderr + stdout).toMatch(/127\.0\.0\.1:1.*TEMPORAL_ADDRESS/)
  expect(code).not.toBe(0)
})
