import { describe, expect, it } from 'vitest'
import type { DeliveryResult } from '../../src/callbacks/index.js'
import { forged, gate, ours, rig } from './rig.js'

const down = async (): Promise<DeliveryResult> => {
  throw new Error('14 UNAVAILABLE: no connection')
}

/** Marks an answer that came first though it should have waited. */
const late = async (answer: Promise<number>) => ['late', await answer]

describe.concurrent('while Temporal cannot take signals', () => {
  it("a request is held past VOD's 5 s, because only a timeout makes VOD send again", async () => {
    const { post, handler, hints, lines } = rig({ deliver: down })
    const before = performance.now()
    expect(await post(ours())).toBe(503)
    expect(performance.now() - before).toBeGreaterThan(5_500)
    expect(hints.length).toBeGreaterThan(5)
    expect(handler.counts()).toMatchObject({ unavailable: 1, delivered: 0 })
    expect(lines).toMatchObject([
      { fields: { verdict: 'unavailable', problem: '14 UNAVAILABLE: no connection' } },
    ])
  })

  it('a request is answered 200 as soon as Temporal is back', async () => {
    let up = false
    const { post, hints } = rig({ deliver: async () => (up ? 'delivered' : down()) })
    const answer = post(ours())
    await expect.poll(() => hints.length).toBeGreaterThan(1)
    up = true
    expect(await answer).toBe(200)
  })

  it('one that does not answer at all is asked again', async () => {
    let asked = 0
    const deliver = () =>
      ++asked === 1 ? new Promise<DeliveryResult>(() => {}) : Promise.resolve('delivered' as const)
    const { post } = rig({ deliver })
    expect(await post(ours())).toBe(200)
    expect(asked).toBe(2)
  })

  it('no more are held than there are places; one more is answered 503 at once', async () => {
    const { post, handler } = rig({ deliver: down, limits: { maxHeld: 3, holdTimeout: 1_500 } })
    const held = [1, 2, 3].map((task) => post(ours({ TaskId: `t${task}` })))
    await new Promise((resolve) => setImmediate(resolve))
    expect(await Promise.race([post(ours({ TaskId: 't4' })), ...held.map(late)])).toBe(503)
    expect(handler.counts()).toMatchObject({ overloaded: 1, unavailable: 0 })
    expect(await Promise.all(held)).toEqual([503, 503, 503])
    expect(handler.counts()).toMatchObject({ overloaded: 1, unavailable: 3 })
    // The places are free again.
    expect(await post(ours({ TaskId: 't5' }))).toBe(503)
    expect(handler.counts()).toMatchObject({ overloaded: 1, unavailable: 4 })
  })

  it('a burst that Temporal takes in time needs no places', async () => {
    const temporal = gate<DeliveryResult>()
    const { post, hints } = rig({ deliver: () => temporal.promise, limits: { maxHeld: 3 } })
    const burst = Array.from({ length: 50 }, (_, task) => post(ours({ TaskId: `t${task}` })))
    await expect.poll(() => hints.length).toBe(50)
    temporal.open('delivered')
    expect(new Set(await Promise.all(burst))).toEqual(new Set([200]))
  })

  it('a forged one is never held', async () => {
    const { post, hints } = rig({ deliver: down, limits: { maxHeld: 1, holdTimeout: 1_000 } })
    const held = post(ours())
    const refused = Promise.all([post(forged()), post(forged()), post(forged())])
    expect(await Promise.race([refused, late(held)])).toEqual([403, 403, 403])
    expect(await held).toBe(503)
    expect(hints.every(({ TaskId }) => TaskId === hints[0]?.TaskId)).toBe(true)
  })
})
