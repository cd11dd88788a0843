import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { findTemporal, inTime } from '../../src/cli/dev/temporalBinary.js'

describe('a server that the SDK fetches', () => {
  function server() {
    let up = () => {}
    let tornDown = 0
    const one = { teardown: async () => void tornDown++ }
    const starting = new Promise<typeof one>((resolve) => {
      up = () => resolve(one)
    })
    return { one, starting, up: () => up(), tornDown: () => tornDown }
  }

  it('is taken when it has started', async () => {
    const { one, starting, up, tornDown } = server()
    up()
    expect(await inTime(starting, new AbortController().signal)).toBe(one)
    expect(tornDown()).toBe(0)
  })

  it('is not waited for after the signal, and torn down when it starts after all', async () => {
    const { starting, up, tornDown } = server()
    const stop = new AbortController()
    const found = inTime(starting, stop.signal)
    stop.abort(new Error('stopped'))
    await expect(found).rejects.toThrow('stopped')
    up()
    await expect.poll(tornDown).toBe(1)
  })

  it('is not waited for where the signal came before', async () => {
    const { starting, up, tornDown } = server()
    await expect(inTime(starting, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
    up()
    await expect.poll(tornDown).toBe(1)
  })
})

it('a preferred port that cannot be had for another reason is not called taken', async () => {
  const lines: string[] = []
  const temporal = await startTemporalDevServer({
    port: { preferred: 65_536 },
    onProgress: (line) => void lines.push(line),
  })
  await temporal.close()
  expect(lines).toEqual([
    expect.stringMatching(/^port 65536 is not available \(ERR_SOCKET_BAD_PORT\); using \d+ instead$/),
  ])
  await expect(startTemporalDevServer({ port: 65_536 })).rejects.toThrow(
    'port 65536 is not available (ERR_SOCKET_BAD_PORT); pass another one',
  )
})

describe('a port that another Temporal server takes before ours', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('is given up for another one', async () => {
    const temporal = await findTemporal({ tool: 'temporal' })
    const folder = await mkdtemp(join(tmpdir(), 'vodflow-temporal-'))
    // The first start lets a foreign server have its port, and begins itself a while later.
    await writeFile(
      join(folder, 'temporal'),
      `#!/bin/sh
if [ ! -e ${folder}/foreign ]; then
  port=$(echo "$@" | sed 's/.*--port \\([0-9]*\\).*/\\1/')
  ${temporal} server start-dev --headless --ip 127.0.0.1 --port $port >${folder}/log 2>&1 &
  echo "$port $!" >${folder}/foreign
  while ! grep -q "$port" ${folder}/log; do sleep 0.1; done
  sleep 2
fi
exec ${temporal} "$@"
`,
    )
    await chmod(join(folder, 'temporal'), 0o755)
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
    const server = await startTemporalDevServer()
    const [port, pid] = (await readFile(join(folder, 'foreign'), 'utf8')).trim().split(' ')
    process.kill(Number(pid), 'SIGKILL')
    try {
      expect(server.address).not.toBe(`127.0.0.1:${port}`)
      const connection = await Connection.connect({ address: server.address })
      await connection.close()
    } finally {
      await server.close()
    }
  })
})
