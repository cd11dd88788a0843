import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinAttempts } from '../../src/contract/joinAttempts.js'
import { countsOf, type Outcome, type TaskPart } from '../../src/contract/outcome.js'
import { notRepaired, type Repair, repairOf } from '../../src/contract/repair.js'
import { part, procedureId, reading } from '../support/step.js'

const Input = { Definition: 100020 }
const passing = part('failed', { Definition: 100020, ErrCodeExt: 'InternalError', Input })
const lasting = { ...passing, ErrCodeExt: 'SourceFileError.ContentUnsupported' }
const good = part('succeeded')

function outcome(parts: readonly TaskPart[], given: Partial<Outcome> = {}): Outcome {
  const task = reading(procedureId, { parts })
  const { succeeded, failed } = countsOf(task)
  const mixed = succeeded > 0 && failed > 0
  return {
    status: mixed ? 'partial' : failed > 0 ? 'failed' : 'succeeded',
    reason: '',
    TaskId: procedureId,
    FileId: '528',
    newFileIds: [],
    tasks: [task],
    attempts: [],
    ...given,
  }
}

describe('what failed', () => {
  it.each<[string, Outcome, Repair]>([
    ['nothing', outcome([good]), { kind: 'none' }],
    [
      'some, with an error that passes: only these',
      outcome([good, passing, lasting]),
      { kind: 'parts', FileId: '528', MediaProcessTask: { TranscodeTaskSet: [Input] } },
    ],
    [
      'some, on two pieces of a split: one ProcessMedia is for one media file',
      {
        ...outcome([good, passing]),
        tasks: ['piece 1', 'piece 2'].map((FileId) =>
          reading(procedureId, { FileId, parts: [good, passing] }),
        ),
      },
      { kind: 'none' },
    ],
    [
      'some, on the only piece that failed: that media file, not the source',
      {
        ...outcome([good, passing]),
        tasks: [
          reading('split', { FileId: undefined, parts: [good] }),
          reading(procedureId, { FileId: 'piece', parts: [passing] }),
        ],
      },
      { kind: 'parts', FileId: 'piece', MediaProcessTask: { TranscodeTaskSet: [Input] } },
    ],
    ['some, with an error that lasts', outcome([good, lasting]), { kind: 'none' }],
    ['all, with errors that pass: the whole', outcome([passing, passing]), { kind: 'whole' }],
    [
      'all, of which some pass: only these',
      outcome([passing, lasting]),
      { kind: 'parts', FileId: '528', MediaProcessTask: { TranscodeTaskSet: [Input] } },
    ],
    [
      'what VOD did not record the input of',
      outcome([good, { ...passing, Input: undefined as never }]),
      { kind: 'none' },
    ],
    ...[{}, { Definition: null }, { Definition: '' }, { Definition: 0 }, { Definition: '100020' }].map(
      (given): [string, Outcome, Repair] => [
        `what VOD recorded ${JSON.stringify(given)} as the input of`,
        outcome([good, { ...passing, Input: given }]),
        { kind: 'none' },
      ],
    ),
    [
      'a moderation: it is no media sub-task',
      outcome([good, { ...passing, Type: 'ReviewAudioVideo' }]),
      { kind: 'none' },
    ],
    [
      'while nobody knows how a sibling ended',
      outcome([good, passing], { status: 'unknown' }),
      { kind: 'none' },
    ],
    ['what was aborted', outcome([part('aborted')], { status: 'aborted' }), { kind: 'none' }],
    [
      'a list that was cut',
      outcome([good, passing], {
        tasks: [reading(procedureId, { parts: [good, passing], truncated: true })],
      }),
      { kind: 'none' },
    ],
  ])('%s', (_, failed, expected) => {
    expect(repairOf(failed)).toEqual(expected)
  })

  it('is said by name where VOD does not show what was asked for', () => {
    const { Input: _, ...unshown } = passing
    const parts = [good, passing, lasting, unshown, { ...passing, Definition: 7, Input: {} }]
    expect(notRepaired(outcome(parts))).toBe(
      'Not repaired, because VOD does not show exactly what was asked for: Transcode 100020, Transcode 7.',
    )
    expect(notRepaired(outcome([good, passing, lasting, { ...unshown, Type: 'ReviewAudioVideo' }]))).toBe('')
  })

  it('names the set of an image sprite as Tencent does', () => {
    const sprite = { ...passing, Type: 'ImageSprites' }
    expect(repairOf(outcome([good, sprite]))).toMatchObject({
      MediaProcessTask: { ImageSpriteTaskSet: [Input] },
    })
  })
})

describe('a joined outcome', () => {
  const anyPart = fc.constantFrom(good, passing, lasting, { ...passing, Type: 'ReviewAudioVideo' })

  it('succeeded when the rest was repaired, and shows every attempt', () => {
    const one = { attempt: 1, status: 'partial' } as Outcome['attempts'][number]
    const two = { attempt: 2, status: 'succeeded' } as Outcome['attempts'][number]
    const earlier = outcome([good, passing], { attempts: [one] })
    const joined = joinAttempts(
      earlier,
      repairOf(earlier),
      outcome([good], { attempts: [two], endedBy: 'sweep' }),
    )
    expect(joined).toMatchObject({ status: 'succeeded', attempts: [one, two], endedBy: 'sweep' })
    expect(joined.tasks).toHaveLength(2)
  })

  it('has as many parts as were asked for, whatever came of the repair', () => {
    fc.assert(
      fc.property(
        fc.array(anyPart, { minLength: 1, maxLength: 6 }),
        fc.func(fc.boolean()),
        (parts, succeeds) => {
          const earlier = outcome(parts)
          const repair = repairOf(earlier)
          fc.pre(repair.kind === 'parts')
          const asked = Object.values(repair.kind === 'parts' ? repair.MediaProcessTask : {}).flat()
          const later = outcome(asked.map((_, index) => (succeeds(index) ? good : passing)))
          const joined = joinAttempts(earlier, repair, later)
          expect(joined.tasks.flatMap((task) => task.parts)).toHaveLength(parts.length)
          const failed = joined.tasks.reduce((sum, task) => sum + countsOf(task).failed, 0)
          const kept = parts.filter((one) => one === lasting || one.Type === 'ReviewAudioVideo').length
          expect(failed).toBe(kept + asked.filter((_, index) => !succeeds(index)).length)
          expect(joined.status === 'succeeded').toBe(failed === 0)
        },
      ),
    )
  })

  it('keeps a failed part that nothing has replaced', () => {
    const other = { ...passing, Definition: 100030, Input: { Definition: 100030 } }
    const earlier = outcome([good, passing, other])
    const nothing = joinAttempts(earlier, repairOf(earlier), outcome([], { status: 'failed', tasks: [] }))
    expect(nothing).toMatchObject({ status: 'partial' })
    const one = joinAttempts(earlier, repairOf(earlier), outcome([{ ...good, Definition: 100020 }]))
    expect(one).toMatchObject({ status: 'partial' })
    expect(one.tasks.flatMap(({ parts }) => parts)).toHaveLength(3)
  })

  it.each([
    ['succeeded without its Definition', good, 'succeeded', 2],
    ['failed without its Input', part('failed', { ErrCodeExt: 'InternalError' }), 'partial', 2],
    ['failed with an empty Input', { ...passing, Definition: undefined as never, Input: {} }, 'partial', 2],
    ['succeeded under another Definition', part('succeeded', { Definition: 7 }), 'partial', 3],
    [
      'failed under another Definition',
      { ...passing, Definition: 7, Input: { Definition: 7 } },
      'partial',
      3,
    ],
  ])('whose repair %s is not repaired again', (_, repaired, status, shown) => {
    const earlier = outcome([good, passing])
    const joined = joinAttempts(earlier, repairOf(earlier), outcome([repaired]))
    expect(joined.status).toBe(status)
    expect(joined.tasks.flatMap(({ parts }) => parts)).toHaveLength(shown)
    expect(repairOf(joined)).toEqual({ kind: 'none' })
    expect(notRepaired(joined) === '').toBe(status === 'succeeded')
  })

  it('is unknown when the repair is', () => {
    const earlier = outcome([good, passing])
    const later = outcome([], { status: 'unknown', reason: 'who knows' })
    expect(joinAttempts(earlier, repairOf(earlier), later)).toMatchObject({
      status: 'unknown',
      reason: 'who knows',
    })
  })
})
