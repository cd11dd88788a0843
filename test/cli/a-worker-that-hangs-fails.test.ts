import { expect, it } from 'vitest'
import { endsInTime } from '../../src/worker/endsInTime.js'

type State = ReturnType<Parameters<typeof endsInTime>[0]['getState']>

it('a worker that stopped polling and does not end fails', async () => {
  let state: State = 'RUNNING'
  const running = new Promise<void>(() => {})
  const ends = endsInTime({ getState: () => state }, running, 50)
  await expect(
    Promise.race([ends, new Promise((resolve) => setTimeout(resolve, 800, 'runs'))]),
  ).resolves.toBe('runs')
  state = 'DRAINING'
  await expect(ends).rejects.toThrow(/stopped polling and did not end within 0\.05 s \(DRAINING\)/)
})

it('one that ends, or fails, does so at once', async () => {
  await endsInTime({ getState: () => 'RUNNING' }, Promise.resolve(), 50)
  const failed = endsInTime({ getState: () => 'FAILED' }, Promise.reject(new Error('native')), 50)
  await expect(failed).rejects.toThrow('native')
})
