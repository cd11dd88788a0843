import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { binary } from '../support/binary.js'
import { foreign, forged, secret } from './rig.js'

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function vodflowCallbacks(env: Record<string, string>, args: readonly string[] = ['--port', '0']) {
  const child = spawn(process.execPath, [binary, 'callbacks', ...args], {
    env: { PATH: process.env.PATH, TEMPORAL_ADDRESS: '127.0.0.1:1', ...env },
  })
  started.push(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, said, ended }
}

const credentials = { secretId: 'test', secretKey: 'the-key-of-this-test' }
const soon = { timeout: 60_000 }

describe('vodflow callbacks', () => {
  it('says where it listens, answers, says that Temporal is missing, and stops on SIGTERM', async () => {
    const { child, said, ended } = vodflowCallbacks({ VODFLOW_MAC_KEYS: `k1:${secret}` })
    await expect
      .poll(() => said.out, soon)
      .toMatch(/^vodflow callbacks on http:\/\/127\.0\.0\.1:\d+\/ \(payloads in plain text\)\n$/)
    const [url = ''] = /http:\S+/.exec(said.out) ?? []
    expect((await fetch(`${url}healthz`)).status).toBe(200)
    expect((await fetch(url, { method: 'POST', body: forged() })).status).toBe(403)
    await expect.poll(() => said.err, soon).toContain('"verdict":"forged"')
    await expect.poll(() => said.err, soon).toContain('Check TEMPORAL_ADDRESS')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(said.err).not.toContain(secret)
  })

  it('forwards no event whose count of stations is none', async () => {
    const hops: unknown[] = []
    const receiver = createServer((request, response) => {
      hops.push(request.headers['vodflow-hops'])
      response.end()
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { said } = vodflowCallbacks({
      VODFLOW_MAC_KEYS: `k1:${secret}`,
      VODFLOW_FORWARD_TO: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/vod`,
    })
    await expect.poll(() => said.out, soon).toMatch(/ on http/)
    const [url = ''] = /http:\S+/.exec(said.out) ?? []
    const post = async (name: string, value: string | string[]) => {
      const sent = request(url, { method: 'POST', headers: { [name]: value } })
      sent.end(foreign)
      const [response] = await once(sent, 'response')
      response.resume()
      return response.statusCode
    }
    const wrong = [
      '-1000',
      '-1',
      '-0',
      '1.5',
      'NaN',
      '1e9',
      '0x1',
      '+1',
      '',
      ' ',
      '1, 1',
      '5',
      '99999999999999999999',
    ]
    for (const value of wrong) expect(await post('vodflow-hops', value)).toBe(200)
    expect(await post('Vodflow-Hops', ['-3', '2'])).toBe(200)
    expect(hops).toEqual([])
    for (const value of ['0', '1', '4']) expect(await post('vodflow-hops', value)).toBe(200)
    expect(await post('x-other', '1')).toBe(200)
    expect(hops).toEqual(['1', '2', '5', '1'])
    receiver.close()
  })

  it.each(['leave', 'confirm', 'forward'] as const)(
    'with --pull --foreign %s treats an event of others so, and stops on SIGTERM',
    async (what) => {
      const posted: string[] = []
      const receiver = createServer(async (request, response) => {
        posted.push(await text(request))
        response.end()
      }).listen(0, '127.0.0.1')
      await once(receiver, 'listening')
      const vod = await startEmulator({ ...credentials, media: 'instant', taskTime: 1, pullHold: 200 })
      try {
        const client = createVodClient({ endpoint: vod.endpoint, credentials })
        await client.call('ModifyEventConfig', { Mode: 'PULL', UploadMediaCompleteEventSwitch: 'ON' })
        const path = join(tmpdir(), `vodflow-command-${process.pid}.mp4`)
        writeFileSync(path, '')
        const { FileId } = await vod.upload(path, { name: 'clip' })
        const app = what === 'leave' ? 'default' : '1500000001'
        const { child, said, ended } = vodflowCallbacks(
          {
            VODFLOW_MAC_KEYS: `k1:${secret}`,
            VODFLOW_VOD_ENDPOINT: vod.endpoint,
            VODFLOW_FORWARD_TO: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/vod`,
            TENCENTCLOUD_SECRET_ID: credentials.secretId,
            TENCENTCLOUD_SECRET_KEY: credentials.secretKey,
          },
          ['--pull', app, '--foreign', what],
        )
        const done = (action: string) =>
          vod.books().calls.filter((call) => call.action === action && call.code === '').length
        await expect
          .poll(() => said.out, soon)
          .toBe(`vodflow callbacks pulling ${app} (payloads in plain text)\n`)
        await expect.poll(() => done(what === 'leave' ? 'PullEvents' : 'ConfirmEvents'), soon).toBe(1)
        child.kill('SIGTERM')
        expect(await ended).toBe(0)
        expect(done('ConfirmEvents')).toBe(what === 'leave' ? 0 : 1)
        expect(posted).toEqual(what === 'forward' ? [expect.stringContaining(FileId)] : [])
        expect(said.err).not.toContain(secret)
        expect(said.err).not.toContain(credentials.secretKey)
      } finally {
        receiver.close()
        await vod.close()
      }
    },
  )

  it.each([
    ['no MAC key', {}, /^vodflow: VODFLOW_MAC_KEYS: is missing; set it to "k1:/],
    [
      'an address to forward to that is none',
      { VODFLOW_MAC_KEYS: `k1:${secret}`, VODFLOW_FORWARD_TO: 'app' },
      /^vodflow: forwardTo: is not an http or https URL/,
    ],
  ])('does not start with %s, and says what to do', async (_, env, message) => {
    const { said, ended } = vodflowCallbacks(env)
    expect(await ended).toBe(1)
    expect(said.err).toMatch(message)
  })
})
