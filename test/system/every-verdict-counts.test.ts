import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem, transcodeOnly } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
  const { MediaProcessTask } = transcodeOnly
  const ReviewAudioVideoTask = { Definition: 10, ReviewContents: ['Media', 'Cover'] }
  for (const template of [
    { Name: 'older', MediaProcessTask, AiContentReviewTask: { Definition: 20 } },
    { Name: 'both', MediaProcessTask, AiContentReviewTask: { Definition: 20 }, ReviewAudioVideoTask },
  ])
    await system.vodClient.call('CreateProcedureTemplate', template)
})
afterAll(() => system.close())

const outcomeOf = async (name: string, ProcedureName: string) => {
  const run = await system.vodflow.process({ FileId: await system.media(name), ProcedureName })
  return run.result()
}

describe('of the older and the newer moderation, over the real wire', () => {
  it.each([
    ['block-porn.asr', 'both', 'block', 'Porn.Asr'],
    ['block-media', 'both', 'block', 'Media'],
    ['block-cover', 'both', 'block', 'Cover'],
    ['review-media block-political.ocr', 'both', 'block', 'Political.Ocr'],
    ['review-porn', 'both', 'review', 'Porn'],
    ['clip', 'both', 'pass', 'Media'],
    ['block-prohibited.asr', 'older', 'block', 'Prohibited.Asr'],
    ['block', 'older', 'block', 'Porn'],
    ['clip', 'older', 'pass', 'Porn'],
  ])('%s by the template %s: %s, of %s', async (name, ProcedureName, Suggestion, of) => {
    const { status, moderation } = await outcomeOf(name, ProcedureName)
    expect(status).toBe('succeeded')
    expect(moderation?.Suggestion).toBe(Suggestion)
    expect(moderation?.verdicts).toHaveLength(ProcedureName === 'both' ? 12 : 10)
    const worst = moderation?.verdicts.filter((verdict) => verdict.Suggestion === Suggestion)
    expect(worst?.map((verdict) => verdict.of)).toContain(of)
  })

  it('keywords stand in the text of a segment', async () => {
    const { moderation } = await outcomeOf('block-porn.asr', 'older')
    expect(moderation?.verdicts[0]?.segments).toMatchObject([{ EndTimeOffset: 1, Text: 'a word' }])
  })

  it.each([
    ['clip', undefined],
    ['block-media', 'block'],
  ])('%s, where one member fails: %s', async (name, Suggestion) => {
    const code = 'SourceFileError.ContentUnsupported'
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Political.Ocr', code, times: 1 })
    const { status, moderation, tasks } = await outcomeOf(name, 'both')
    expect(status).toBe('partial')
    expect(moderation?.Suggestion).toBe(Suggestion)
    expect(tasks.flatMap(({ verdicts }) => verdicts ?? [])).toContainEqual(
      expect.not.objectContaining({ Suggestion: expect.anything() }),
    )
  })

  it('a job whose template has the older moderation too costs no event more', async () => {
    const run = await system.vodflow.process({ FileId: await system.media('block'), ProcedureName: 'older' })
    await run.result()
    expect((await system.historyOf(run)).length).toBeLessThanOrEqual(18)
  })
})
