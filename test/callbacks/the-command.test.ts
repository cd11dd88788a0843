import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { forged, secret } from './rig.js'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function vodflowCallbacks(env: Record<string, string>) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'callbacks', '--port', '0'], {
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

const soon = { timeout: 20_000 }

describe('vodflow callbacks', () => {
  it('says where it listens, answers, says that Temporal is missing, and stops on SIGTERM', async () => {
    const { child, said, ended } = vodflowCallbacks({ VODFLOW_MAC_KEYS: `k1:${secret}` })
    await expect.poll(() => said.out, soon).toMatch(/^vodflow callbacks on http:\/\/127\.0\.0\.1:\d+\/\n$/)
    const url = said.out.trim().split(' ').at(-1) as string
    expect((await fetch(`${url}healthz`)).status).toBe(200)
    expect((await fetch(url, { method: 'POST', body: forged() })).status).toBe(403)
    await expect.poll(() => said.err, soon).toContain('"verdict":"forged"')
    await expect.poll(() => said.err, soon).toContain('check TEMPORAL_ADDRESS')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(said.err).not.toContain(secret)
  })

  it.each([
    ['no MAC key', {}, /^vodflow: VODFLOW_MAC_KEYS: missing; give "k1:/],
    [
      'an address to forward to that is none',
      { VODFLOW_MAC_KEYS: `k1:${secret}`, VODFLOW_FORWARD_TO: 'app' },
      /^vodflow: forwardTo: is not a URL/,
    ],
  ])('does not start with %s, and says what to do', async (_, env, message) => {
    const { said, ended } = vodflowCallbacks(env)
    expect(await ended).toBe(1)
    expect(said.err).toMatch(message)
  })
})
