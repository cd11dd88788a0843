import { describe, expect, it } from 'vitest'
import { endsInTime } from '../../src/worker/endsInTime.js'
import { endTogether, type Standing } from '../../src/worker/endTogether.js'

type State = ReturnType<Standing['getState']>

const soonMs = () => 50

it('a worker that stopped polling and does not end fails', async () => {
  let state: State = 'RUNNING'
  const running = new Promise<void>(() => {})
  const ends = endsInTime({ getState: () => state }, running, soonMs)
  await expect(
    Promise.race([ends, new Promise((resolve) => setTimeout(resolve, 800, 'runs'))]),
  ).resolves.toBe('runs')
  state = 'DRAINING'
  await expect(ends).rejects.toThrow(/stopped polling and did not end within 0\.05 s \(DRAINING\)/)
})

it('one that ends, or fails, does so at once', async () => {
  await endsInTime({ getState: () => 'RUNNING' }, Promise.resolve(), soonMs)
  const failed = endsInTime({ getState: () => 'FAILED' }, Promise.reject(new Error('native')), soonMs)
  await expect(failed).rejects.toThrow('native')
})

describe('workers that stand together', () => {
  /** A worker that does as Temporal's does, and ends when it is told to by `end` or `fail`. */
  function standing({ options = {}, hangs = false }: { options?: object; hangs?: boolean } = {}) {
    let state: State = 'RUNNING'
    const { promise, resolve, reject } = deferred()
    const worker = {
      options,
      getState: () => state,
      shutdown() {
        state = 'DRAINING'
        if (!hangs) resolve()
      },
    } as unknown as Standing
    const becomes = (next: State) => {
      state = next
    }
    return { worker, running: promise, becomes, end: resolve, fail: reject }
  }
  function deferred() {
    let resolve = () => {}
    let reject = (_: Error) => {}
    const promise = new Promise<void>((yes, no) => {
      resolve = yes
      reject = no
    })
    return { promise, resolve, reject }
  }

  it('stop when one of the companions fails, and say why it did', async () => {
    const [user, good, bad] = [standing(), standing(), standing()]
    const ends = endTogether(user.worker, user.running, [good, bad], 50)
    bad.becomes('FAILED')
    bad.fail(new Error('the queue of submits has failed'))
    await expect(ends).rejects.toThrow('the queue of submits has failed')
    expect([user, good].map(({ worker }) => worker.getState())).toEqual(['DRAINING', 'DRAINING'])
  })

  it.each([
    ['has failed', 'FAILED'],
    ['drains though nobody stopped it', 'DRAINING'],
    ['has lost its pollers', 'STOPPING'],
  ] as const)('fail in time when a companion %s and never ends', async (_, state) => {
    const [user, bad] = [standing(), standing({ hangs: true })]
    const ends = endTogether(user.worker, user.running, [bad], 50)
    bad.becomes(state)
    await expect(ends).rejects.toThrow(/stopped polling and did not end within 0\.05 s/)
    expect(user.worker.getState()).toBe('DRAINING')
  })

  it('fail in time when the worker of the user has failed and never ends, whatever limit it has', async () => {
    for (const options of [{}, { shutdownForceTime: '1 hour' }, { shutdownGraceTime: '10 ms' }]) {
      const [user, good] = [standing({ options, hangs: true }), standing()]
      const ends = endTogether(user.worker, user.running, [good], 50)
      user.becomes('FAILED')
      await expect(ends).rejects.toThrow(/stopped polling and did not end within/)
      expect(good.worker.getState()).toBe('DRAINING')
    }
  })

  it('fail in time when a companion has failed and the worker of the user hangs in its shutdown', async () => {
    const [user, bad] = [standing({ hangs: true }), standing()]
    const ends = endTogether(user.worker, user.running, [bad], 50)
    bad.fail(new Error('native'))
    await expect(ends).rejects.toThrow('native')
    expect(user.worker.getState()).toBe('DRAINING')
  })

  it('wait for a worker that was only stopped, as long as its user lets it', async () => {
    const [user, good] = [standing({ hangs: true }), standing()]
    const ends = endTogether(user.worker, user.running, [good], 50)
    user.worker.shutdown()
    const later = new Promise((resolve) => setTimeout(resolve, 1_500, 'waits'))
    await expect(Promise.race([ends, later])).resolves.toBe('waits')
    user.end()
    await ends
  })
})
