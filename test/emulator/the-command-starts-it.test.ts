import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { keyFlags, refusal, runEmulatorCommand } from './commandLine.js'

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  'it prints one line with its address when it is ready, and %s ends it with 0',
  async (signal) => {
    const running = await runEmulatorCommand(['--port', '0', '--media', 'instant', '--seed', '7'])
    expect((await fetch(`${running.endpoint}/_admin/clock`)).status).toBe(200)
    expect(await running.stop(signal)).toBe(0)
    expect(running.output().trimEnd().split('\n')).toHaveLength(1)
  },
)

test.concurrent.each([
  [
    ['--port', 'x', ...keyFlags],
    ['--port', '"x"', 'from 0 to 65535'],
  ],
  [
    ['--port', '70000', ...keyFlags],
    ['--port', '"70000"', 'from 0 to 65535'],
  ],
  [
    ['--port', '0', '--secret-id', 'AKIDlocal'],
    ['--secret-key', 'not specified'],
  ],
  [
    ['--port', '0', '--secret-id', '', '--secret-key', 'x'],
    ['--secret-id', 'empty', 'pass a value'],
  ],
  [
    ['--port', '0', '--media', 'vlc', ...keyFlags],
    ['--media', '"vlc"', 'Pass ffmpeg'],
  ],
  [
    ['--port', '0', '--seed', 'abc', ...keyFlags],
    ['--seed', '"abc"', 'e.g. 42'],
  ],
  [
    ['--port', '0', '--data', '/dev/null/vod', ...keyFlags],
    ['/dev/null/vod', 'cannot be written', 'Use another'],
  ],
])('%j is refused', async (flags, said) => {
  const { code, problem } = await refusal(flags)
  expect(code).toBe(1)
  for (const part of said) expect(problem.replaceAll("'", '"')).toContain(part)
  expect(problem).not.toContain('at file:')
})

test.concurrent('a port that is taken is named, with the remedy', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const { code, problem } = await refusal(['--port', String(port), ...keyFlags])
  other.close()
  expect(code).toBe(1)
  expect(problem).toContain(`port ${port}: the port is taken by another program. Pass another one, or 0`)
})
