import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitOutcome, maxOutcomeBytes } from '../../src/contract/fitOutcome.js'
import { bytesOf } from '../../src/contract/json.js'
import { countsOf, type Outcome } from '../../src/contract/outcome.js'
import { toReading } from '../../src/vod/reading.js'
import { outcomeOf } from '../../src/workflows/step/outcome.js'
import type { TaskState } from '../../src/workflows/step/state.js'
import { isOpen, shown } from '../../src/workflows/step/tasks.js'
import { manyRuns } from '../support/manyRuns.js'
import { SessionId, waiting } from '../support/step.js'

const transcode = (number: number, words = 'x') => ({
  Type: 'Transcode',
  TranscodeTask: {
    Status: 'SUCCESS',
    ErrCodeExt: '',
    Message: words,
    Progress: 100,
    Input: { Definition: number },
    Output: {
      Url: `https://1500000001.vod2.myqcloud.com/${'a'.repeat(60)}/v.f${number}.mp4`,
      Md5: 'd41d8cd98f00b204e9800998ecf8427e',
      Size: 10_485_760,
      Container: 'mov,mp4,m4a,3gp,3g2,mj2',
      Height: 720,
      Width: 1_280,
      Bitrate: 500_000,
      Duration: 60,
    },
  },
})
const procedure = (TaskId: string, subTasks: number, words?: string) =>
  toReading(TaskId, {
    TaskType: 'Procedure',
    Status: 'FINISH',
    ProcedureTask: {
      SessionId,
      MediaProcessResultSet: Array.from({ length: subTasks }, (_, number) => transcode(number, words)),
    },
  })
const review = (TaskId: string, segments: number, words: string) =>
  toReading(TaskId, {
    TaskType: 'ReviewAudioVideo',
    Status: 'FINISH',
    ReviewAudioVideoTask: {
      SessionId,
      Output: {
        Suggestion: 'review',
        SegmentSet: Array.from({ length: segments }, () => ({
          Suggestion: 'review',
          Text: words,
          Url: words,
        })),
      },
    },
  })

function outcomeWith(readings: readonly ReturnType<typeof toReading>[]): Outcome {
  const { state } = waiting(...readings.map(({ TaskId = '' }) => TaskId))
  const tasks = state.tasks.map((task, index): TaskState => {
    const reading = readings[index]
    return reading && isOpen(task) ? shown({ ...task, TaskType: reading.TaskType }, reading) : task
  })
  return outcomeOf({ ...state, tasks })
}

it('250 transcodes of one task keep their sizes, digests and URLs', () => {
  const { tasks } = outcomeWith([procedure('t', 250)])
  expect(tasks[0]).not.toHaveProperty('truncated')
  expect(tasks[0]?.parts).toHaveLength(250)
  for (const { Output, urls } of tasks[0]?.parts ?? []) {
    expect(Output).toMatchObject({ Size: 10_485_760, Md5: expect.any(String) })
    expect(urls).toHaveLength(1)
  }
})

describe('an outcome', () => {
  it('is never larger than 256 KiB, whatever VOD writes into its tasks, and says the same of the whole', () => {
    const one = fc.oneof(
      fc.tuple(fc.nat(400), fc.nat(900)).map(([subTasks, words]) => ({ subTasks, words })),
      fc.tuple(fc.nat(10), fc.nat(900)).map(([segments, words]) => ({ segments, words })),
    )
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 40 }), (given) => {
        const readings = given.map((each, index) =>
          'subTasks' in each
            ? procedure(`task-${index}`, each.subTasks, '敏'.repeat(each.words))
            : review(`task-${index}`, each.segments, '敏'.repeat(each.words)),
        )
        const outcome = outcomeWith(readings)
        expect(bytesOf(outcome)).toBeLessThanOrEqual(maxOutcomeBytes)
        expect(outcome.tasks.map(countsOf)).toEqual(readings.map(countsOf))
        expect(outcome.tasks.map(({ TaskId }) => TaskId)).toEqual(readings.map(({ TaskId = '' }) => TaskId))
        const moderated = given.some((each) => 'segments' in each)
        expect(outcome.moderation?.Suggestion).toBe(moderated ? 'review' : undefined)
      }),
      { numRuns: manyRuns(40) },
    )
  })

  it('of a split with 200 flows and long verdicts fits', () => {
    const flows = Array.from({ length: 200 }, (_, index) => ({
      TaskType: 'Procedure',
      TaskId: `flow-${index}`,
    }))
    const split = { ...procedure('split', 0), started: flows, newFileIds: flows.map(({ TaskId }) => TaskId) }
    const reviews = Array.from({ length: 200 }, (_, index) =>
      review(`review-${index}`, 10, '敏'.repeat(1_000)),
    )
    const outcome = outcomeWith([split, ...reviews])
    expect(bytesOf(outcome)).toBeLessThanOrEqual(maxOutcomeBytes)
    expect(outcome.newFileIds).toHaveLength(200)
    expect(outcome.tasks).toHaveLength(201)
  })

  it('that fits is not cut', () => {
    const outcome = outcomeWith([procedure('t', 20), review('r', 3, 'words')])
    expect(fitOutcome(outcome)).toBe(outcome)
    expect(outcome.tasks.some(({ truncated }) => truncated)).toBe(false)
  })

  it('gives the room that small tasks leave to the large one', () => {
    const outcome = outcomeWith([
      procedure('large', 380),
      ...[1, 2, 3].map((each) => procedure(`t${each}`, 1)),
    ])
    expect(bytesOf(outcome)).toBeGreaterThan(maxOutcomeBytes / 2)
    expect(outcome.tasks.slice(1).some(({ truncated }) => truncated)).toBe(false)
  })
})
