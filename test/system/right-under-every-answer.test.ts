import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { defaultSwitches, type EmulatorSwitches } from '../../src/emulator/switches.js'
import { type System, startSystem } from '../support/system.js'

/** What nobody has verified of the real VOD: each answer in turn, with the reply lost and every callback dropped. */
const answers: readonly Partial<EmulatorSwitches>[] = [
  { dedupBeforeValidation: true },
  { failedValidationUsesSessionId: true },
  { acceptTime: 500, twinInFlight: 'InternalError' },
  { acceptTime: 500, twinInFlight: 'InvalidParameterValue.SessionId' },
  { listingLag: 1_500, reviewListingLag: 3_000 },
  { reviewWithoutSessionId: true, reviewWithoutFinishTime: true },
  { abortWithoutEvent: true, oldTaskCode: 'ResourceNotFound' },
  { noneSilencesReview: true, detailLag: 1_000 },
]

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 200, reviewTime: 300 })
})
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, defaultSwitches)
})
afterAll(() => system.close())

describe('a lost reply and lost callbacks', () => {
  it.each(answers)('%j: one task of each kind, and the right outcome', async (given) => {
    Object.assign(system.vod.switches, given)
    system.vod.faults.add(
      { kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 },
      { kind: 'dropCallback' },
    )
    const FileId = await system.media('please-review')
    const delays = { listings: [200], looks: [1_000, 6_000, 8_000, 10_000, 12_000], lag: [200] }
    const outcome = await (
      await system.vodflow.process({ FileId, ProcedureName: 'two' }, { delays })
    ).result()
    expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'review' } })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })
})

describe('Sign of a callback', () => {
  it.each(['body', 'query', 'header'] as const)(
    'in the %s: the callback wakes the run',
    async (signPlace) => {
      system.vod.switches.signPlace = signPlace
      await system.vodClient.call('ModifyEventConfig', { SignKey: 'abc123' })
      const FileId = await system.media()
      const outcome = await (await system.vodflow.process({ FileId, ProcedureName: 'one' })).result()
      expect(outcome.status).toBe('succeeded')
    },
  )
})
