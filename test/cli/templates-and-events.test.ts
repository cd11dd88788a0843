import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { spawnVodflow, vodflow } from './cli.js'

let system: System
let folder: string
beforeAll(async () => {
  system = await startSystem()
  folder = await mkdtemp(join(tmpdir(), 'vodflow-cli-'))
})
afterAll(() => system.close())

const run = (...args: readonly string[]) => vodflow(args, system.environment)
async function fileWith(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** The first line of this type; every line is an event. */
async function nextOf(stream: Readable, EventType: string): Promise<string> {
  for await (const line of createInterface(stream)) if (JSON.parse(line).EventType === EventType) return line
  throw new Error(`no ${EventType} came`)
}

describe('templates', () => {
  const episode = { Name: 'episode', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }

  it('create, list, show, diff, replace', async () => {
    const file = await fileWith('episode.json', episode)
    expect(await run('templates', 'create', file)).toMatchObject({
      code: 0,
      stdout: 'template "episode" created\n',
    })
    expect((await run('templates', 'list')).stdout).toMatch(/^episode +Custom/m)
    const listed = JSON.parse((await run('templates', 'list', '--json')).stdout)
    expect(listed.templates.map(({ Name }: { Name: string }) => Name)).toContain('episode')

    const shown = await fileWith('shown.json', (await run('templates', 'show', 'episode')).stdout)
    expect(JSON.parse(await readFile(shown, 'utf8'))).toMatchObject(episode)
    expect(await run('templates', 'diff', shown)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"episode" matches'),
    })

    const other = { ...episode, MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100030 }] } }
    const changed = await fileWith('changed.json', other)
    const differs = await run('templates', 'diff', changed)
    expect(differs.stdout).toContain(
      'MediaProcessTask.TranscodeTaskSet.0.Definition: 100010 at VOD, 100030 in ',
    )
    expect(differs.code).toBe(2)
    expect(await run('templates', 'create', changed, '--replace', '--json')).toMatchObject({
      stdout: '{"Name":"episode","replaced":true}\n',
      stderr: 'vodflow: replaces MediaProcessTask.TranscodeTaskSet.0.Definition 100010 with 100030\n',
    })
    expect((await run('templates', 'diff', changed)).code).toBe(0)
  })

  it.each([
    ['a file that is not there', ['create', '/no/such.json'], /does not exist \(ENOENT\)/],
    ['a template that is not there', ['show', 'nothing'], /no task flow template "nothing"/],
    ['a sub-app that is none', ['list', '--sub-app', 'app'], /number of a sub-app/],
    ['no name', ['show'], /missing required argument/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await run('templates', ...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
  })

  it('a file may begin with a byte order mark', async () => {
    const file = await fileWith(
      'bom.json',
      `\ufeff${JSON.stringify({ Name: 'marked', MediaProcessTask: {} })}`,
    )
    expect((await run('templates', 'diff', file)).stderr).toContain('no task flow template "marked"')
  })

  it('a file that is no template names the field', async () => {
    const file = await fileWith('bad.json', { Name: 7, MediaProcessTask: {} })
    expect(await run('templates', 'create', file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Name'),
    })
    const text = await fileWith('text.json', 'Name: episode')
    expect(await run('templates', 'diff', text)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not JSON'),
    })
  })
})

describe('events', () => {
  it('set and show', async () => {
    try {
      const set = await run(
        'events',
        'set',
        '--mode',
        'PUSH',
        '--url',
        'https://vod.example.com/',
        '--uploads',
        'ON',
        '--yes',
      )
      expect(set).toMatchObject({ code: 0, stdout: 'events are pushed; VOD may need a minute to apply it\n' })
      const shown = JSON.parse((await run('events', 'show', '--json')).stdout)
      expect(shown).toMatchObject({
        Mode: 'PUSH',
        NotificationUrl: 'https://vod.example.com/',
        UploadMediaCompleteEventSwitch: 'ON',
      })
      await run('events', 'set', '--mode', 'PULL', '--yes')
      expect((await run('events', 'show')).stdout).toMatch(/^Mode +PULL$/m)
    } finally {
      await system.vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: system.callbacksUrl })
    }
  })

  it('what was listened to is replayed, and wakes nobody twice', async () => {
    const listening = spawnVodflow(['events', 'listen', '--port', '0'], system.environment)
    try {
      const [line] = await once(createInterface(listening.stderr), 'line')
      const url = String(line).replace('listening on ', '')
      await system.vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: url })
      const heard = nextOf(listening.stdout, 'ProcedureStateChanged')
      const FileId = await system.media()
      const started = await system.vodflow.process({ FileId, ProcedureName: 'one' })
      const event = await heard
      const file = await fileWith('events.ndjson', `${event}\n`)
      const replayed = await run('events', 'replay', file, '--to', system.callbacksUrl)
      expect(replayed).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^line 1 ProcedureStateChanged: 200/),
      })
      expect(await started.result()).toMatchObject({ status: 'succeeded', endedBy: 'push' })
      expect((await run('events', 'replay', file, '--to', system.callbacksUrl, '--json')).code).toBe(0)
    } finally {
      listening.kill('SIGTERM')
      await once(listening, 'close')
      await system.vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: system.callbacksUrl })
    }
  })

  it('listens to a queue, and confirms nothing', async () => {
    await system.vodClient.call('ModifyEventConfig', { Mode: 'PULL', NotificationUrl: '' })
    const listening = spawnVodflow(['events', 'listen', '--pull'], system.environment)
    try {
      const heard = nextOf(listening.stdout, 'ProcedureStateChanged')
      const FileId = await system.media()
      await system.vodClient.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'one' })
      expect(JSON.parse(await heard).ProcedureStateChangeEvent.FileId).toBe(FileId)
      expect(system.vod.books().calls.filter(({ action }) => action === 'ConfirmEvents')).toEqual([])
    } finally {
      listening.kill('SIGTERM')
      await once(listening, 'close')
      await system.vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: system.callbacksUrl })
    }
  })

  it.each([
    ['PUSH to nowhere', ['set', '--mode', 'PUSH'], /--mode PUSH needs --url/],
    [
      'PULL to somewhere',
      ['set', '--mode', 'PULL', '--url', 'https://a.example/'],
      /--url needs --mode PUSH/,
    ],
    ['no URL', ['set', '--mode', 'PUSH', '--url', 'ftp://a.example/'], /not a URL with http or https/],
    ['a key that is not set', ['set', '--mode', 'PULL', '--sign-key'], /set VODFLOW_SIGN_KEY/],
    ['no mode', ['set'], /--mode/],
    ['a sub-app that is none', ['show', '--sub-app', 'app'], /number of a sub-app/],
    ['neither port nor pull', ['listen'], /--port .* or --pull/],
    ['both', ['listen', '--port', '0', '--pull'], /--port .* or --pull/],
    [
      'a file that is not there',
      ['replay', '/no/such', '--to', 'http://127.0.0.1:1/'],
      /does not exist \(ENOENT\)/,
    ],
    ['a file without an event', ['replay', '/dev/null', '--to', 'http://127.0.0.1:1/'], /has no event/],
    ['replayed to no URL', ['replay', '/no/such', '--to', 'there'], /--to: is not a URL/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await run('events', ...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(1)
  })

  it('replay says what was refused', async () => {
    const file = await fileWith('forged.ndjson', '{"EventType":"ProcedureStateChanged"}\n')
    const nobody = await run('events', 'replay', file, '--to', 'http://127.0.0.1:1/')
    expect(nobody).toMatchObject({ code: 2, stdout: 'line 1 ProcedureStateChanged: cannot be reached\n' })
    const down = createServer().listen(0, '127.0.0.1')
    await once(down, 'listening')
    const { port } = down.address() as AddressInfo
    down.close()
    const refused = await run('events', 'replay', file, '--to', `http://127.0.0.1:${port}/`)
    expect(refused).toMatchObject({
      code: 2,
      stdout: 'line 1 ProcedureStateChanged: cannot be reached (ECONNREFUSED)\n',
    })
    const none = await fileWith('none.ndjson', 'hello\n')
    expect(await run('events', 'replay', none, '--to', system.callbacksUrl)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 1: is not an event'),
    })
  })
})
