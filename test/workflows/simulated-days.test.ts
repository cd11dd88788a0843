import { afterAll, beforeAll, expect, it } from 'vitest'
import { sweepType } from '../../src/contract/sweep.js'
import { scenarioOf } from '../simulate/scenario.js'
import { simulate } from '../simulate/simulate.js'
import { createWorld, type World } from '../simulate/world.js'

/** Looks, a batch, a pipeline that a person decides and one that its deadline decides. `npm run simulate` takes others. */
const seeds = [2, 5]
/** Hours of retries while VOD is away take a while on a slow machine, ms. */
const longest = 300_000
const minute = 60_000
const hour = 60 * minute

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world?.close())

it.each(seeds)(
  'seed %s: days of faults break no promise',
  async (seed) => {
    const { violations } = await simulate(world, seed)
    expect(violations).toEqual([])
  },
  longest,
)

it(
  'a sweep goes on for weeks, as new again and again, with a short history',
  async () => {
    const { environment, time } = world
    const round = await world.begin({ ...scenarioOf(1), sweep: false })
    const workflowId = 'weeks-of-sweeping'
    const handle = await environment.client.workflow.start(sweepType, {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ account: 'default', times: { interval: hour } }],
    })
    const chain = handle.firstExecutionRunId
    for (let days = 0; days < 32; days++) await time.advance(24 * hour, round.vod.clock)
    const latest = await environment.client.workflow.getHandle(workflowId).describe()
    expect(latest.status.name).toBe('RUNNING')
    expect(latest.runId).not.toBe(chain)
    expect(latest.historyLength).toBeLessThan(5_000)
    const calls = round.vod.books().calls.filter(({ action }) => action === 'DescribeTasks')
    expect(calls.length).toBeGreaterThan(720)
    await environment.client.workflow.getHandle(workflowId).terminate()
    await round.close()
  },
  longest,
)
