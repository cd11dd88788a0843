import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it, vi } from 'vitest'
import { createVodClient } from '../../src/vod/client.js'
import { freePort } from '../support/freePort.js'
import { type Ended, vodflow } from './cli.js'
import { anyPorts, dev } from './dev.js'

/** A stack starts twice here, on a machine that may be busy. */
const soon = { timeout: 60_000, interval: 200 }

let data: string
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'vodflow-restart-'))
})

async function started(port: number, vodPort: number) {
  const ports = ['--callbacks-port', `${port}`, '--vod-port', `${vodPort}`]
  const stack = dev(['--no-ffmpeg', ...anyPorts, ...ports, '--data', data])
  await vi.waitFor(() => expect(stack.said.text).toMatch(/until you press Ctrl-C/), soon)
  const exports = await readFile(join(data, 'dev.env'), 'utf8')
  const settings = [...exports.matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name, value]) => [name, value])
  const env: Record<string, string> = Object.fromEntries(settings)
  return {
    env,
    run: (...args: string[]) => vodflow([...args, '--json'], env),
    async stop() {
      stack.child.kill('SIGINT')
      expect(await stack.ended, stack.said.text).toBe(0)
    },
  }
}

const shown = ({ stdout }: Ended) => JSON.parse(stdout)

it('a run that waits over a restart is woken by its event, and no token counts as forged', async () => {
  const [port, vodPort] = [await freePort(), await freePort()]
  const first = await started(port, vodPort)
  // An event that is kept to be pulled reaches no run.
  await first.run('events', 'set', '--mode', 'PULL', '--yes')
  const process = ['process', first.env.VODFLOW_DEV_FILE_ID ?? '', '--procedure', 'TranscodeAndSnapshot']
  const { workflowId } = shown(await first.run(...process))
  const endpoint = first.env.VODFLOW_VOD_ENDPOINT ?? ''
  const [secretId = '', secretKey = ''] = ['ID', 'KEY'].map((end) => first.env[`TENCENTCLOUD_SECRET_${end}`])
  const vod = createVodClient({ endpoint, credentials: { secretId, secretKey } })
  const events: unknown[] = []
  await vi.waitFor(async () => {
    events.push(...(await vod.call('PullEvents', {})).EventSet)
    // The template also asks for a review, which is a task of its own.
    expect(events).toHaveLength(2)
  }, soon)
  const uploaded = await fetch(`${endpoint}/_admin/upload/film.mp4`, { method: 'PUT', body: 'a film' })
  const { MediaUrl } = (await uploaded.json()) as { MediaUrl: string }
  await first.stop()

  const second = await started(port, vodPort)
  // The URLs of a report that was written before the restart.
  expect(await (await fetch(MediaUrl)).text()).toBe('a film')
  expect((await stat(join(data, 'mac-keys'))).mode & 0o777).toBe(0o600)
  expect(shown(await second.run('audit'))).toMatchObject({ tasks: 2, foreign: 0, forged: 0 })
  const file = join(data, 'events.ndjson')
  await writeFile(file, events.map((event) => JSON.stringify(event)).join('\n'))
  expect(await second.run('events', 'replay', file, '--to', `http://127.0.0.1:${port}/`)).toMatchObject({
    code: 0,
  })
  const { stdout } = await second.run('watch', workflowId)
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    outcome: { status: 'succeeded', endedBy: 'push' },
  })
  await second.stop()
})
