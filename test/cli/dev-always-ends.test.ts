import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleTemplate } from '../../src/cli/dev/sample.js'
import { binary } from '../support/binary.js'
import { anyPorts, dev, endsAlone, soon } from './dev.js'

let folder: string
let taken: Server
let port: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-dev-'))
  taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  port = String((taken.address() as AddressInfo).port)
})
afterAll(() => taken.close())

/** A folder for PATH with a program that does as the script says. */
async function program(name: string, script: string): Promise<string> {
  const path = await mkdtemp(join(folder, 'bin-'))
  await writeFile(join(path, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(path, name), 0o755)
  return `${path}:${process.env.PATH}`
}

describe('a port', () => {
  it.each([
    ['--temporal-port', []],
    ['--ui-port', ['--', 'true']],
    ['--vod-port', ['--', 'true']],
    ['--callbacks-port', ['--', 'true']],
  ])('%s that is taken is an error, and everything ends: %j', async (option, command) => {
    const { code, text } = await endsAlone(dev(['--no-ffmpeg', ...anyPorts, option, port, ...command]))
    expect(text).toMatch(
      new RegExp(`port (${port}|is).*taken by another program.*([Pp]ass|give|use) another one, or 0`),
    )
    expect(code).toBe(1)
  })

  it('of the defaults that is taken is another one, which is said', async () => {
    const servers = await Promise.all(
      [7233, 8233, 9233].map(async (wanted) => {
        const server = createServer().on('error', () => {})
        server.listen(wanted, '127.0.0.1')
        await Promise.race([once(server, 'listening'), once(server, 'error')]).catch(() => {})
        return server
      }),
    )
    const { code, text } = await endsAlone(
      dev(['--no-ffmpeg', '--', 'sh', '-c', 'echo "at $TEMPORAL_ADDRESS, $VODFLOW_VOD_ENDPOINT"']),
    )
    for (const server of servers) server.close()
    const [, other] = /port 7233 is taken by another program; using (\d+) instead/.exec(text) ?? []
    expect(text).toMatch(/port 8233 is taken by another program; using \d+ instead/)
    const [, vod] = /port 9233 is taken by another program; using (\d+) instead/.exec(text) ?? []
    expect(text).toContain(`at 127.0.0.1:${other}, http://127.0.0.1:${vod}`)
    expect(code).toBe(0)
  })
})

describe('a part that does not start', () => {
  it.each([
    [
      'Temporal',
      'temporal',
      'echo "no license" >&2; exit 3',
      ['--no-ffmpeg'],
      /did not start: .*exit code 3\nno license/,
    ],
    ['ffmpeg', 'ffmpeg', 'exit 1', ['--', 'true'], /the processing failed/],
  ])('%s ends it all', async (_, name, script, args, message) => {
    const PATH = await program(name, script)
    const { code, text } = await endsAlone(dev([...anyPorts, ...args], { PATH }))
    expect(text).toMatch(message)
    expect(code).toBe(1)
  })
})

describe('the first signal', () => {
  it('SIGINT counts while Temporal starts, which never ends', async () => {
    const PATH = await program('temporal', 'exec sleep 1000')
    const started = dev(['--no-ffmpeg', ...anyPorts], { PATH })
    await expect.poll(async () => (await started.marked()).length, soon).toBe(2)
    started.child.kill('SIGINT')
    const { code, text } = await endsAlone(started)
    expect(text).toMatch(/stopped before everything was up/)
    expect(code).toBe(130)
  })

  it.each([
    ['SIGTERM', 143, /Temporal +127/],
    ['SIGHUP', 129, /callback service/],
    ['SIGINT', 130, /worker +polling/],
  ] as const)('%s counts, with exit code %d, after %s', async (signal, exitCode, line) => {
    // The clip of the sample is never made: whenever the signal lands, not everything is up.
    const PATH = await program('ffmpeg', 'exec sleep 1000')
    const started = dev(anyPorts, { PATH })
    await expect.poll(() => started.said.text, { ...soon, interval: 10 }).toMatch(line)
    started.child.kill(signal)
    const { code, text } = await endsAlone(started)
    expect(text).toMatch(/stopped before everything was up/)
    expect(code).toBe(exitCode)
  })

  it('SIGTERM ends a command without a terminal, and leaves what it has started the time to clean up', async () => {
    const cleansUp = 'trap "sleep 2; echo clean; exit" TERM; echo ready; while :; do sleep 0.1; done'
    const script = `(${cleansUp}) & sleep 1000; echo late`
    const started = dev(['--no-ffmpeg', ...anyPorts, '--', 'sh', '-c', script])
    await expect.poll(() => started.said.text, soon).toMatch(/ready/)
    started.child.kill('SIGTERM')
    const { code, text } = await endsAlone(started)
    expect(text).toMatch(/clean/)
    expect(text).not.toMatch(/late/)
    expect(code).toBe(1)
  })

  it('SIGHUP ends a command without a terminal, and what it has started also where that ignores it', async () => {
    const deaf = 'trap "" TERM; echo deaf; while :; do sleep 1; done'
    const script = `(${deaf}) & sleep 1000; echo late`
    const started = dev(['--no-ffmpeg', ...anyPorts, '--', 'sh', '-c', script])
    await expect.poll(() => started.said.text, soon).toMatch(/deaf/)
    // The shell that closes and the kernel both send it.
    for (const signal of ['SIGHUP', 'SIGHUP'] as const) started.child.kill(signal)
    const { code, text } = await endsAlone(started)
    expect(text).not.toMatch(/late/)
    expect(code).toBe(1)
  })

  it('needs no second one where the command ignores it', async () => {
    const script = 'trap "" TERM INT; echo deaf; while :; do sleep 1; done'
    const started = dev(['--no-ffmpeg', ...anyPorts, '--', 'sh', '-c', script])
    await expect.poll(() => started.said.text, soon).toMatch(/deaf/)
    started.child.kill('SIGINT')
    expect((await endsAlone(started)).code).toBe(1)
  })
})

describe('a stop while everything is up', () => {
  it('is no failure where the signal reaches Temporal too, and the settings for a shell were safe to source from a folder of any name', async () => {
    const data = join(folder, "it's $(touch x) a `folder`")
    await mkdir(data)
    const started = dev(['--no-ffmpeg', ...anyPorts, '--data', data])
    await expect.poll(() => started.said.text, soon).toMatch(/Ctrl-C/)
    const [source = ''] = /source .*/.exec(started.said.text) ?? []
    const told = execFileSync('bash', ['-c', `${source}; echo "$TEMPORAL_ADDRESS"; ls`], {
      cwd: data,
      encoding: 'utf8',
    })
    expect(told).toMatch(/^127\.0\.0\.1:\d+\ndev\.env\n/)
    expect(told).not.toMatch(/^x$/m)
    // As in a terminal.
    for (const each of await started.marked()) process.kill(Number(each.split(' ')[0]), 'SIGINT')
    const { code, text } = await endsAlone(started)
    expect(text).not.toMatch(/vodflow: /)
    expect(code).toBe(0)
  })

  it('says what could not be ended', async () => {
    const path = join(folder, 'breaks.mjs')
    const workerUrl = pathToFileURL(createRequire(import.meta.url).resolve('@temporalio/worker')).href
    await writeFile(
      path,
      `import worker from '${workerUrl}'
      const { close } = worker.NativeConnection.prototype
      worker.NativeConnection.prototype.close = async function () {
        await close.call(this)
        throw new Error('the disk is full')
      }`,
    )
    const started = dev(['--no-ffmpeg', ...anyPorts], { NODE_OPTIONS: `--import ${pathToFileURL(path)}` })
    await expect.poll(() => started.said.text, soon).toMatch(/Ctrl-C/)
    started.child.kill('SIGINT')
    const { code, text } = await endsAlone(started)
    expect(text).toMatch(/^vodflow: not everything could be stopped: the disk is full$/m)
    expect(code).toBe(1)
  })
})

describe('a part that ends while everything is up', () => {
  it.each([[[]], [['--', 'sleep', '1000']]])('ends the rest: %j', async (command) => {
    const data = await mkdtemp(join(folder, 'data-'))
    const started = dev(['--no-ffmpeg', ...anyPorts, '--data', data, ...command])
    const isUp = command.length > 0 ? /sleep/ : /Ctrl-C/
    const looks = async () => `${started.said.text} ${(await started.marked()).join()}`
    await expect.poll(looks, soon).toMatch(isUp)
    const temporal = (await started.marked()).find((each) => each.includes('temporal'))
    process.kill(Number(temporal?.split(' ')[0]), 'SIGKILL')
    const { code, text } = await endsAlone(started)
    expect(text).toMatch(/the Temporal dev server has ended/)
    expect(code).toBe(1)
  })
})

describe('a folder that is kept', () => {
  let data: string
  beforeAll(async () => {
    data = await mkdtemp(join(folder, 'kept-'))
  })
  const kept = (script: string, ...flags: readonly string[]) =>
    endsAlone(
      dev([...flags, ...anyPorts, '--data', data, '--', 'sh', '-c', `echo $VODFLOW_DEV_FILE_ID; ${script}`]),
    )
  const processed = `"${process.execPath}" "${binary}" process "$VODFLOW_DEV_FILE_ID" --procedure ${sampleTemplate.Name} --watch`
  const fileIdIn = (text: string) => /^\d+$/m.exec(text)?.[0]
  let first: string | undefined

  it('is left by a command that ends, and nothing runs on', async () => {
    const { code, text } = await kept('sleep 1000 & exit 7', '--no-ffmpeg')
    expect(code).toBe(7)
    first = fileIdIn(text)
    expect(first).toBeDefined()
  })

  it('has a sample for each kind of processing: with ffmpeg, then without it again', async () => {
    const withIt = await kept(processed)
    expect(withIt).toMatchObject({ code: 0, text: expect.stringMatching(/succeeded/) })
    expect(fileIdIn(withIt.text)).not.toBe(first)
    const withoutIt = await kept(processed, '--no-ffmpeg')
    expect(withoutIt).toMatchObject({ code: 0, text: expect.stringMatching(/succeeded/) })
    expect(fileIdIn(withoutIt.text)).toBe(first)
  })
})
