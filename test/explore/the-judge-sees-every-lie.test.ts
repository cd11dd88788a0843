import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/vod/outcome.js'
import { reading } from '../support/step.js'
import type { Task } from './books.js'
import type { Case, Kind } from './dimensions.js'
import { judge } from './judge.js'

const about = (kind: Kind): Case => ({
  kind,
  host: 'inline',
  answer: 'lost',
  net: 'event',
  disturbance: { do: 'nothing' },
})

const task = (TaskType: Task['TaskType'], given: Partial<Task> = {}) =>
  ({
    TaskId: `1-${TaskType}`,
    TaskType,
    Status: 'FINISH',
    FileId: 'file',
    subTasks: [],
    Output: null,
    ErrCodeExt: '',
    ErrCode: 0,
    ...given,
  }) as unknown as Task
const edit = task('EditMedia', { Output: { made: [{ FileId: 'new' }] } })
const procedure = task('Procedure', { subTasks: [{ Status: 'SUCCESS', ErrCodeExt: '' }] as Task['subTasks'] })
const review = task('ReviewAudioVideo', { Output: { Suggestion: 'block' } })
const books = [edit, procedure, review]

const truth = {
  status: 'succeeded',
  reason: '',
  newFileIds: ['new'],
  moderation: { Suggestion: 'block' },
  tasks: books.map(({ TaskId, TaskType }) => reading(TaskId, { TaskType })),
} as unknown as Outcome

const judged = (outcome: Partial<Outcome>, tasks: readonly Task[] = books) =>
  judge(about('editMedia+flow'), {
    tasks,
    facts: { heard: true, named: false },
    reported: { outcome: { ...truth, ...outcome } },
  })

describe('the judge', () => {
  it('has nothing to say of the truth', () => {
    expect(judged({})).toEqual([])
  })

  it.each<[string, Partial<Outcome>]>([
    ['another status', { status: 'partial' }],
    ['unknown, where the task can be found', { status: 'unknown' }],
    [
      'another verdict',
      { moderation: { ...truth.moderation, Suggestion: 'pass' } as Outcome['moderation'] & {} },
    ],
    ['a task less', { tasks: truth.tasks.slice(1) }],
    ['a foreign task', { tasks: [...truth.tasks, reading('1-Procedure-else')] }],
    ['other media', { newFileIds: ['else'] }],
  ])('sees %s', (_, lie) => {
    expect(judged(lie)).not.toEqual([])
  })

  it.each<[string, readonly Task[]]>([
    ['a second task', [...books, { ...edit, TaskId: '2-EditMedia' }]],
    ['no task at all', []],
    ['a task of a type that nobody meant', [...books, task('PullUpload')]],
    [
      'a sub-task that failed',
      [edit, { ...procedure, subTasks: [{ ErrCodeExt: 'InternalError' }] as Task['subTasks'] }, review],
    ],
    ['a moderation that failed', [edit, procedure, { ...review, ErrCodeExt: 'InternalError' }]],
  ])('sees that the books have %s', (_, tasks) => {
    expect(judged({}, tasks)).not.toEqual([])
  })

  it('sees that a run failed', () => {
    const reported = { failure: 'permanent: refused' }
    const facts = { heard: true, named: false }
    expect(judge(about('editMedia+flow'), { tasks: books, facts, reported })).not.toEqual([])
  })

  it('wants unknown exactly where neither answer nor event has named a task that VOD does not list', () => {
    const compose = task('ComposeMedia', { Output: { made: [{ FileId: 'new' }] } })
    const { moderation: _, ...outcome } = {
      ...truth,
      tasks: [reading(compose.TaskId, { TaskType: 'ComposeMedia' })],
    }
    const says = (status: Outcome['status'], facts: { heard: boolean; named: boolean }) =>
      judge(about('composeMedia'), { tasks: [compose], facts, reported: { outcome: { ...outcome, status } } })
    for (const [heard, named] of [
      [true, false],
      [false, true],
    ] as const) {
      expect(says('succeeded', { heard, named })).toEqual([])
      expect(says('unknown', { heard, named })).not.toEqual([])
    }
    expect(says('unknown', { heard: false, named: false })).toEqual([])
    expect(says('succeeded', { heard: false, named: false })).not.toEqual([])
  })
})
