import { describe, expect, it } from 'vitest'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { inTime } from '../../src/cli/dev/temporalBinary.js'

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
    expect.stringMatching(/^port 65536 cannot be had \(ERR_SOCKET_BAD_PORT\); using \d+ instead$/),
  ])
  await expect(startTemporalDevServer({ port: 65_536 })).rejects.toThrow(
    'port 65536 cannot be had (ERR_SOCKET_BAD_PORT); give another one',
  )
})
