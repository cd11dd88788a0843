import { expect, it } from 'vitest'
import { createVodClient } from '../../src/vod/client.js'
import { type Started, start } from '../telemetry/processes.js'
import { hostile, obeyed } from './obeyed.js'

const forged = '\n00:00:00 info  all is well  verdict=delivered'
const events = [
  `x${forged}${hostile}`,
  `x\r\n{"level":"info","message":"all is well"}\r`,
  `"token":"\u2028${forged}`,
  `${'\u0085'}${forged}\u001b[1A\u001b[2K`,
]

const soon = { timeout: 60_000 }
const linesOf = ({ said }: Started) => said.err.trimEnd().split('\n')
const post = (url: string, EventType: string) =>
  fetch(url, { method: 'POST', body: JSON.stringify({ EventType, Version: '4.0' }) })

const callbacksEnv = { TEMPORAL_ADDRESS: '127.0.0.1:1', VODFLOW_MAC_KEYS: `k1:${'m'.repeat(32)}` }

it.each(['json', 'text'])(
  'the log of the callback service as %s has one line for each event',
  async (format) => {
    const callbacks = start(['callbacks', '--port', '0', '--log-format', format], callbacksEnv)
    const url = await callbacks.says(/http:\S+/)
    for (const event of events) await post(url, event)
    await expect
      .poll(() => linesOf(callbacks).filter((line) => line.includes('EventType')).length, soon)
      .toBe(4)
    expect(await callbacks.stop()).toBe(0)
    expect(obeyed(callbacks.said.err)).toEqual([])
    const lines = linesOf(callbacks)
    if (format === 'json') {
      const told = lines.map((line) => JSON.parse(line)).filter((line) => 'EventType' in line)
      for (const index of [0, 1, 3]) expect(events[index]?.startsWith(told[index].EventType)).toBe(true)
    } else {
      expect(lines.every((line) => /^\d\d:\d\d:\d\d (info|warn) /.test(line))).toBe(true)
      expect(lines.filter((line) => /(^| {2})verdict=delivered( {2}|$)/.test(line))).toEqual([])
    }
  },
)

it('events that are listened to are a line each, whatever is in them and however long they are', async () => {
  const listen = start(['events', 'listen', '--port', '0'], {})
  await expect.poll(() => listen.said.err, soon).toContain('listening on')
  const url = /http:\S+/.exec(listen.said.err)?.[0] as string
  const long = 200_000
  const bodies = [
    ...events,
    ' '.repeat(long),
    '\r\n'.repeat(long / 2),
    `${'\\'.repeat(long)}"`,
    'http://'.repeat(long / 7),
    '\u001b['.repeat(long / 6),
    '\u202e'.repeat(long / 3),
  ]
  for (const body of bodies) expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
  expect((await fetch(url, { method: 'POST', body: 'the last' })).status).toBe(200)
  await expect.poll(() => listen.said.out, soon).toContain('the last\n')
  expect(await listen.stop()).toBe(0)
  expect(listen.said.out.trimEnd().split('\n')).toHaveLength(bodies.length + 1)
  expect(obeyed(listen.said.out + listen.said.err)).toEqual([])
})

it('names of media reach the log of the local VOD as text', async () => {
  const credentials = { secretId: 'an-id-of-this-test', secretKey: 'a-key-of-this-test' }
  const emulator = start(
    ['emulator', '--port', '0', '--media', 'instant', '--log-format', 'text', '--log-level', 'trace'].concat([
      '--secret-id',
      credentials.secretId,
      '--secret-key',
      credentials.secretKey,
    ]),
    {},
  )
  const endpoint = await emulator.says(/http:\S+/)
  const vod = createVodClient({ endpoint, credentials })
  for (const name of events) {
    await fetch(`${endpoint}/_admin/upload/${encodeURIComponent(`${name}.mp4`)}`, {
      method: 'PUT',
      body: 'x',
    })
    await vod.send(name, {}).catch(() => {})
    await vod.send('ModifyMediaInfo', { FileId: '528', Name: name }).catch(() => {})
  }
  expect(await emulator.stop()).toBe(0)
  expect(obeyed(emulator.said.err)).toEqual([])
  const wrong = linesOf(emulator).filter((line) => !/^\d\d:\d\d:\d\d (info|warn|error) /.test(line))
  expect(wrong).toEqual([])
})
