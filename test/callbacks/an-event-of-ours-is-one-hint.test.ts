import { describe, expect, it } from 'vitest'
import { address, gate, keys, ours, rig, TaskId } from './rig.js'

const { SessionId } = address

describe('an event of ours', () => {
  it('wakes the step of its token, and is answered 200', async () => {
    const { post, hints, addresses, handler } = rig()
    expect(await post(ours({ callerContext: 'order-42' }))).toBe(200)
    expect(addresses).toEqual([address])
    expect(hints).toEqual([{ v: 1, SessionId, TaskId, terminal: true, via: 'push', at: expect.any(Number) }])
    expect(handler.counts()).toMatchObject({ delivered: 1 })
  })

  it.each([
    [{ Status: 'ABORTED' } as const, { terminal: true }],
    [{ Status: 'PROCESSING', progress: [100, 51] } as const, { terminal: false, percent: 76 }],
    [{ Status: 'PROCESSING' } as const, { terminal: false }],
    [{ EventType: 'ReviewAudioVideoComplete' } as const, { terminal: true }],
  ])('of %o is the hint %o', async (given, hint) => {
    const { post, hints } = rig()
    expect(await post(ours(given))).toBe(200)
    expect(hints).toEqual([{ v: 1, SessionId, TaskId, via: 'push', at: expect.any(Number), ...hint }])
  })

  it('shows no progress that is none', async () => {
    const { post, hints } = rig()
    await post(ours({ Status: 'PROCESSING', progress: [-1, 40] }))
    expect(hints[0]?.percent).toBe(40)
  })

  it('counts a sub-task that has ended as 100 percent, whatever its progress says', async () => {
    const { post, hints } = rig()
    const results =
      '[{"A":{"Status":"SUCCESS","Progress":0}},{"A":{"Status":"FAIL","Progress":0}},{"A":{"Status":"PROCESSING","Progress":40}}]'
    await post(
      ours({ Status: 'PROCESSING' }).replace(
        '"MediaProcessResultSet":[]',
        `"MediaProcessResultSet":${results}`,
      ),
    )
    expect(hints[0]?.percent).toBe(80)
  })

  it('wakes its step whatever its results are: they are for display, and cost no more than others', async () => {
    const { post, hints } = rig()
    const results = (text: string) =>
      ours({ Status: 'PROCESSING' }).replace('"MediaProcessResultSet":[]', `"MediaProcessResultSet":${text}`)
    expect(await post(results(`[${Array(100_000).fill('1').join(',')}]`))).toBe(200)
    expect(
      await post(
        results(
          '[null,"x",[[]],{"__proto__":{"Status":"x","Progress":1e999}},{"A":{"Status":"PROCESSING","Progress":7}}]',
        ),
      ),
    ).toBe(200)
    expect(hints.map(({ percent }) => percent)).toEqual([undefined, 7])
  })

  it('for a run that has ended is answered 200, because sending it again cannot help', async () => {
    const { post, handler } = rig({ deliver: async () => 'no-run' })
    expect(await post(ours())).toBe(200)
    expect(handler.counts()).toMatchObject({ noRun: 1, delivered: 0 })
  })

  it('is answered only after Temporal has taken the signal', async () => {
    const temporal = gate<'delivered'>()
    const { post, hints } = rig({ deliver: () => temporal.promise })
    let answered = false
    const answer = post(ours()).finally(() => {
      answered = true
    })
    await expect.poll(() => hints.length).toBe(1)
    expect(answered).toBe(false)
    temporal.open('delivered')
    expect(await answer).toBe(200)
  })

  it('sealed by a key that is being replaced still wakes its step', async () => {
    const { sign } = keys
    const fresh = { id: 'k2', secret: 'c'.repeat(32) }
    const { post, hints } = rig({ keys: { sign: fresh, verify: [fresh, sign] } })
    expect(await post(ours())).toBe(200)
    expect(hints).toHaveLength(1)
  })
})

describe('the same hint', () => {
  it('is one signal, one after the other or at once', async () => {
    const { post, hints } = rig()
    expect(await Promise.all([post(ours()), post(ours()), post(ours())])).toEqual([200, 200, 200])
    expect(await post(ours())).toBe(200)
    expect(hints).toHaveLength(1)
  })

  it('is another one for another task, another progress, another attempt', async () => {
    const { post, hints } = rig()
    await post(ours())
    await post(ours({ TaskId: 'other' }))
    await post(ours({ Status: 'PROCESSING', progress: [1] }))
    await post(ours({ Status: 'PROCESSING', progress: [2] }))
    await post(ours({ address: { ...address, SessionId: 'b'.repeat(40) } }))
    expect(hints).toHaveLength(5)
  })

  it('is another signal when its time is over', async () => {
    const { post, hints } = rig({ limits: { deduplicationWindow: 1 } })
    await post(ours())
    await expect
      .poll(async () => {
        await post(ours())
        return hints.length
      })
      .toBeGreaterThan(1)
  })

  it('is not remembered when it could not be delivered', async () => {
    let up = false
    const deliver = async () => {
      if (!up) throw new Error('14 UNAVAILABLE')
      return 'delivered' as const
    }
    const { post } = rig({ deliver, limits: { holdTimeout: 1 } })
    expect(await post(ours())).toBe(503)
    up = true
    expect(await post(ours())).toBe(200)
  })
})
