import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterEach(() => {
  system.vod.faults.clear()
  system.vod.clock.set(Date.now())
})
afterAll(() => system.close())

/** VOD refuses what is signed 5 minutes away. */
const offsets = [-295, -240, -150, 150, 240, 295]

/** Nothing but a search can find the task: its event is lost. */
const delays = {
  listings: [100, 300],
  listingsGiveUp: 3_000,
  lag: [100],
  looks: [],
  unlistedLooks: [],
  overdue: 400_000,
  giveUp: 400_000,
}

async function afterALostAnswer(type: string, action: string, request: object): Promise<Outcome> {
  system.vod.faults.add({ kind: 'loseReply', action, times: 1 }, { kind: 'dropCallback' })
  const workflowId = `${type}-${Math.random()}`
  const input = { request, delays }
  const { client } = system.vodflow
  return client.workflow.execute(type, { workflowId, taskQueue: 'vodflow', args: [input] })
}

describe.each(offsets)(
  'while the clock of VOD is %d s away, the task of a lost answer is found',
  (seconds) => {
    it('of a pull, by its media', async () => {
      system.vod.clock.set(Date.now() + seconds * 1_000)
      const MediaUrl = `${system.vod.endpoint}/media/${await system.media()}/source.mp4`
      const outcome = await afterALostAnswer('pullUpload', 'PullUpload', { MediaUrl })
      expect(outcome, outcome.reason).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
    })

    it('in a listing of all media', async () => {
      system.vod.clock.set(Date.now() + seconds * 1_000)
      const StoragePath = `/films/${seconds}.mp4`
      await system.media('clip', StoragePath)
      const request = { MediaStoragePath: StoragePath, ProcedureName: 'one' }
      const outcome = await afterALostAnswer('processMediaByProcedure', 'ProcessMediaByProcedure', request)
      expect(outcome, outcome.reason).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
    })
  },
)
