import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({
    media: 'instant',
    taskTime: 300,
    reviewTime: 300,
    // The listing shows a review last of all.
    switches: { reviewListingLag: 1_000, listingLag: 200 },
  })
})
afterAll(() => system.close())

const action = 'ProcessMediaByProcedure'
const delays = { listings: [100, 300], listingsGiveUp: 6_000, lag: [100, 300], looks: [1_000, 2_000, 4_000] }
const transcode = { MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }
const review = { ReviewAudioVideoTask: { Definition: 10 } }
const both = { ...transcode, ...review }

it.each([
  ['loses its moderation', both, transcode, ['Procedure', 'ReviewAudioVideo'], 'succeeded'],
  ['gets moderation', transcode, both, ['Procedure'], 'unknown'],
  ['has moderation only, then none', review, transcode, ['ReviewAudioVideo'], 'unknown'],
  ['stays as it is', both, undefined, ['Procedure', 'ReviewAudioVideo'], 'succeeded'],
])(
  'a template %s: nothing that it asks for now is missing from a success',
  async (_, before, after, types, status) => {
    const Name = `t-${Math.random().toString(36).slice(2, 12)}`
    await system.vodClient.call('CreateProcedureTemplate', { Name, ...before })
    const FileId = await system.media('block')
    // The send after the lost one is throttled, a second or two: meanwhile somebody changes the template.
    system.vod.faults.add(
      { kind: 'loseReply', action, times: 1 },
      { kind: 'error', action, code: 'RequestLimitExceeded', times: 1 },
    )
    const run = await system.vodflow.process({ FileId, ProcedureName: Name }, { delays, onFailure: 'return' })
    await expect.poll(() => system.tasksOf(FileId).length).toBe(types.length)
    if (after) await system.vodClient.call('ResetProcedureTemplate', { Name, ...after })
    const outcome = await run.result()
    expect(outcome.tasks.map(({ TaskType }) => TaskType).toSorted(), outcome.reason).toEqual(types)
    expect(outcome).toMatchObject({ status, attempts: [{ recovered: true }] })
    expect(outcome.moderation?.Suggestion).toBe(types.includes('ReviewAudioVideo') ? 'block' : undefined)
    expect(system.tasksOf(FileId)).toHaveLength(types.length)
  },
)
