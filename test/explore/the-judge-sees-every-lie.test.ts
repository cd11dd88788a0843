import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { reading } from '../support/step.js'
import type { Task } from './books.js'
import type { Case, Kind } from './dimensions.js'
import { judge } from './judge.js'
import { judgeOutcome } from './judgeOutcome.js'

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
    Input: {},
    Output: null,
    ErrCodeExt: '',
    ErrCode: 0,
    ...given,
  }) as unknown as Task
const edit = task('EditMedia', { Output: { made: [{ FileId: 'new' }] } })
const procedure = task('Procedure', { subTasks: [{ Status: 'SUCCESS', ErrCodeExt: '' }] as Task['subTasks'] })
/** The older moderation says this of a task flow. */
const judging = (Suggestion: string, Status = 'SUCCESS') =>
  ({
    ...procedure,
    subTasks: [{ set: 'AiContentReviewResultSet', Status, ErrCodeExt: '', Output: { Suggestion } }],
  }) as unknown as Task
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
    earlier: [],
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
    ['no verdict that is so bad', [edit, procedure, { ...review, Output: { Suggestion: 'review' } }]],
  ])('sees that the books have %s', (_, tasks) => {
    expect(judged({}, tasks)).not.toEqual([])
  })

  const passing = { ...review, Output: { Suggestion: 'pass' } }
  const cover = { Suggestion: 'block' }
  const withCover = {
    ...passing,
    Input: { ReviewContents: ['Media', 'Cover'] },
    Output: { ...passing.Output, CoverReviewResult: cover },
  }

  it.each<[string, readonly Task[], string | undefined]>([
    ['of the cover', [edit, procedure, withCover], 'block'],
    ['of the older moderation', [edit, judging('block'), passing], 'block'],
    ['that is missing', [edit, judging('', 'FAIL'), passing], undefined],
  ])('counts a verdict %s', (_, tasks, right) => {
    for (const Suggestion of ['block', 'pass', undefined]) {
      const { moderation: _, ...outcome } = truth
      const said = Suggestion === undefined ? outcome : { ...truth, moderation: { Suggestion } }
      const reported = { outcome: said as unknown as Outcome }
      const facts = { heard: true, named: false }
      const lies = judge(about('editMedia+flow'), { tasks, earlier: [], facts, reported })
      expect(lies.filter((lie) => lie.startsWith('moderation'))).toHaveLength(Suggestion === right ? 0 : 1)
    }
  })

  it('sees that a run failed', () => {
    const reported = { failure: 'permanent: refused' }
    const facts = { heard: true, named: false }
    expect(judge(about('editMedia+flow'), { tasks: books, earlier: [], facts, reported })).not.toEqual([])
  })

  it('wants unknown exactly where neither answer nor event has named a task that VOD does not list', () => {
    const compose = task('ComposeMedia', { Output: { made: [{ FileId: 'new' }] } })
    const { moderation: _, ...outcome } = {
      ...truth,
      tasks: [reading(compose.TaskId, { TaskType: 'ComposeMedia' })],
    }
    const says = (status: Outcome['status'], facts: { heard: boolean; named: boolean }) =>
      judge(about('composeMedia'), {
        tasks: [compose],
        earlier: [],
        facts,
        reported: { outcome: { ...outcome, status } },
      })
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

  describe('of what the media file of an unknown outcome has', () => {
    const transcode = (Definition: number): Task['subTasks'][number] =>
      ({
        Type: 'Transcode',
        set: 'MediaProcessResultSet',
        Status: 'SUCCESS',
        ErrCodeExt: '',
        Output: { Definition, Url: `http://vod/${Definition}` },
      }) as unknown as Task['subTasks'][number]
    const failed = { ...transcode(30), Status: 'FAIL' } as Task['subTasks'][number]
    const onSource = { ...procedure, TaskId: '9-Procedure', subTasks: [transcode(10), transcode(20), failed] }
    const split = [
      task('SplitMedia', { Output: { made: [{ FileId: 'new' }, { FileId: 'other' }] } }),
      { ...procedure, FileId: 'new', subTasks: [transcode(40)] },
      { ...procedure, TaskId: '2-Procedure', FileId: 'other', subTasks: [transcode(50)] },
      { ...review, FileId: 'new' },
    ]
    const output = (Definition: number) => ({
      Type: 'Transcode',
      Output: { Definition },
      Definition,
      urls: [`http://vod/${Definition}`],
    })
    const unknown = { ...truth, status: 'unknown', FileId: 'file', newFileIds: [], tasks: [] }
    const says = (outcome: object) =>
      judge(about('splitMedia+flows'), {
        tasks: split,
        earlier: [onSource],
        facts: { heard: false, named: false },
        reported: { outcome: { ...unknown, ...outcome } as unknown as Outcome },
      })

    it('has nothing to say of the truth, whoever made it', () => {
      expect(says({ mediaOutputs: [output(10), output(20)] })).toEqual([])
    })

    it.each<[string, object]>([
      ['nothing', {}],
      ['too little', { mediaOutputs: [output(10)] }],
      ['what failed', { mediaOutputs: [output(10), output(20), output(30)] }],
      ['what another file has', { mediaOutputs: [output(10), output(40)] }],
      ['another address', { mediaOutputs: [output(10), { ...output(20), urls: ['http://vod/else'] }] }],
      ['something, where it is about no single file', { FileId: undefined, mediaOutputs: [] }],
    ])('sees that it tells %s', (_, lie) => {
      expect(says(lie)).not.toEqual([])
    })

    it('sees outputs where the outcome is known', () => {
      expect(judged({ FileId: 'file', mediaOutputs: [] })).not.toEqual([])
    })
  })
})

describe('the judge of repairs', () => {
  const sent = (SessionId: string) =>
    `vf1.key.${Buffer.from(JSON.stringify(['', '', 0, 'run', 'chain', SessionId])).toString('base64url')}.mac`
  const sub = (Definition: number, ErrCodeExt = '') =>
    ({
      Type: 'Transcode',
      set: 'MediaProcessResultSet',
      Status: ErrCodeExt === '' ? 'SUCCESS' : 'FAIL',
      Input: { Definition },
      ErrCodeExt,
      Output: ErrCodeExt === '' ? { Url: `http://vod/${Definition}` } : null,
    }) as unknown as Task['subTasks'][number]
  const flow = (TaskId: string, SessionId: string, ...subTasks: Task['subTasks']) =>
    task('Procedure', { TaskId, SessionContext: sent(SessionId), subTasks, createdAt: 0, finishedAt: 0 })
  const said = (TaskId: string, parts: readonly object[]) => ({
    TaskId,
    TaskType: 'Procedure',
    Status: 'FINISH',
    CreateTime: '',
    FinishTime: '',
    parts,
  })
  const made = (Definition: number) => ({
    Type: 'Transcode',
    status: 'succeeded',
    Definition,
    urls: [`http://vod/${Definition}`],
  })
  const attempts = [{ SessionId: 'first' }, { SessionId: 'second' }]
  const outcome = (...tasks: readonly object[]) =>
    ({ status: 'succeeded', newFileIds: [], attempts, tasks }) as unknown as Outcome
  const first = flow('1', 'first', sub(1), sub(2, 'InternalError'))
  const second = flow('2', 'second', sub(2))

  it('takes the repaired sub-task for that which failed', () => {
    const truth = outcome(said('1', [made(1)]), said('2', [made(2)]))
    expect(judgeOutcome(truth, [first, second])).toEqual([])
  })

  it('takes a request that was sent again as a whole for the first', () => {
    const failed = flow('1', 'first', sub(2, 'InternalError'))
    expect(judgeOutcome(outcome(said('2', [made(2)])), [failed, second])).toEqual([])
    expect(judgeOutcome(outcome(said('1', []), said('2', [made(2)])), [failed, second])).not.toEqual([])
  })

  it.each<[string, Outcome, readonly Task[]]>([
    ['a repair that nobody sent', outcome(said('1', [made(1)]), said('2', [made(2)])), [first]],
    [
      'a part that was not repaired',
      outcome(said('1', [made(1)]), said('2', [])),
      [first, flow('2', 'second')],
    ],
    [
      'another address',
      outcome(said('1', [made(1)]), said('2', [{ ...made(2), urls: ['http://vod/else'] }])),
      [first, second],
    ],
  ])('sees %s', (_, lie, tasks) => {
    expect(judgeOutcome(lie, tasks)).not.toEqual([])
  })
})
