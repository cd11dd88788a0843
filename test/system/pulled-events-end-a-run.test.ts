import { Client } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDelivery, type PullLoop, startPullLoop } from '../../src/callbacks/index.js'
import { type System, startSystem } from '../support/system.js'

let system: System
let loop: PullLoop
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
  await system.vodClient.call('ModifyEventConfig', { Mode: 'PULL' })
  const deliver = createDelivery({ client: new Client({ connection: system.vodflow.client.connection }) })
  loop = startPullLoop({ vod: system.vodClient, keys: system.macKeys, deliver })
})
afterAll(async () => {
  await loop?.close()
  await system?.close()
})

it('a run ends by pulled events alone, and each is confirmed', async () => {
  const run = await system.vodflow.process({ ProcedureName: 'two', FileId: await system.media() })
  expect(await run.result()).toMatchObject({ status: 'succeeded', endedBy: 'pull' })
  await expect.poll(() => loop.counts()).toMatchObject({ delivered: 2, confirmed: 2, undelivered: 0 })
})
