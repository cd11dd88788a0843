import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AuditRun, type AuditTask, findingsOf } from '../../../src/operate/audit/findings.js'

const minute = 60_000
const hour = 60 * minute
const now = Date.parse('2026-01-03T00:00:00Z')
const address = {
  namespace: 'default',
  account: 'default',
  workflowId: 'w',
  chain: 'c',
  SessionId: 's1',
}
const task: AuditTask = {
  TaskId: 't1',
  TaskType: 'Procedure',
  Status: 'FINISH',
  FileId: '528',
  createdAt: now - 2 * hour,
  finishedAt: now - hour,
  address,
  listedIn: [undefined],
}
const run: AuditRun = {
  workflowId: 'w',
  chain: 'c',
  isStep: true,
  status: 'completed',
  startedAt: now - 2 * hour,
  listed: true,
}
const about = (tasks: readonly AuditTask[], runs: readonly AuditRun[], given = {}) =>
  findingsOf({ now, windowMs: 72 * hour, tasks, runs, adopted: new Set(), retentionMs: 72 * hour, ...given })
const kinds = (...given: Parameters<typeof about>) => about(...given).map(({ kind }) => kind)

describe('an audit', () => {
  it('has nothing to say when every task has its run, and the run has ended', () => {
    expect(about([task], [run])).toEqual([])
  })

  it('finds what was paid twice: two tasks of one kind for one attempt', () => {
    expect(about([task, { ...task, TaskId: 't2' }], [run])).toMatchObject([
      { kind: 'duplicate', TaskIds: ['t1', 't2'], workflowId: 'w', SessionId: 's1' },
    ])
    expect(about([task, { ...task, TaskId: 't2', TaskType: 'ReviewAudioVideo' }], [run])).toEqual([])
    expect(about([task, { ...task, TaskId: 't2', address: { ...address, SessionId: 's2' } }], [run])).toEqual(
      [],
    )
    // Task flows on two pieces of one split.
    expect(about([task, { ...task, TaskId: 't2', FileId: 'another' }], [run])).toEqual([])
  })

  it.each(['terminated', 'timed out', 'failed', 'forgotten'] as const)(
    'finds a task whose run is %s',
    (status) => {
      expect(about([task], [{ ...run, status }])).toMatchObject([
        { kind: 'taskWithoutRun', TaskId: 't1', run: status },
      ])
    },
  )

  it.each(['canceled', 'completed'] as const)('finds nothing wrong with a task whose run is %s', (status) => {
    expect(about([task], [{ ...run, status }])).toEqual([])
  })

  it('does not report what a failed run had read, nor what was aborted', () => {
    const failed = { ...run, status: 'failed', closedAt: now - 10 * minute } as const
    expect(about([task], [failed])).toEqual([])
    expect(kinds([{ ...task, finishedAt: 0, Status: 'PROCESSING' }], [failed])).toEqual(['taskWithoutRun'])
    const aborted = { ...task, Status: 'ABORTED' }
    expect(about([aborted], [{ ...run, status: 'terminated' }])).toEqual([])
    expect(about([task, { ...aborted, TaskId: 't2' }], [run])).toEqual([])
  })

  it.each(['canceled', 'completed', 'failed'] as const)(
    'suspects a task that a workflow of a user left when it was %s, unless it had ended before',
    (status) => {
      const closedAt = now - hour + 500
      const own = { ...run, isStep: false, status, closedAt }
      const of = (finishedAt: number, Status = 'FINISH') => kinds([{ ...task, Status, finishedAt }], [own])
      expect(of(0, 'PROCESSING')).toEqual(['taskWithoutRun'])
      expect(of(now - hour + minute)).toEqual(['taskWithoutRun'])
      // VOD's second in which the run has ended.
      expect(of(now - hour)).toEqual(['taskWithoutRun'])
      expect(of(now - hour - 1_000)).toEqual([])
      expect(of(0, 'ABORTED')).toEqual([])
    },
  )

  it('does not judge what Temporal may have forgotten, nor what is adopted already', () => {
    expect(about([task], [{ ...run, status: 'forgotten' }], { retentionMs: hour })).toEqual([])
    expect(about([task], [{ ...run, status: 'terminated' }], { adopted: new Set(['t1']) })).toEqual([])
  })

  it('finds a run that waits although its task has ended, but gives events their time', () => {
    const open = { ...run, status: 'open' } as const
    expect(about([task], [open])).toMatchObject([{ kind: 'finishedButWaiting', TaskId: 't1' }])
    expect(about([{ ...task, finishedAt: now - minute }], [open])).toEqual([])
    expect(about([{ ...task, Status: 'PROCESSING', finishedAt: 0 }], [open])).toEqual([])
    // VOD shows no FinishTime on some tasks that are over.
    expect(kinds([{ ...task, finishedAt: 0 }], [open])).toEqual(['finishedButWaiting'])
  })

  it('finds an open run that VOD lists no task of, but gives a submit its time', () => {
    const open = { ...run, status: 'open' } as const
    expect(about([], [open])).toMatchObject([{ kind: 'runWithoutTask', workflowId: 'w' }])
    // Its task may be of another application, or too old to be listed.
    expect(about([], [{ ...open, listed: false }])).toEqual([])
    expect(about([], [open], { windowMs: hour })).toEqual([])
    expect(about([], [{ ...open, startedAt: now - minute }])).toEqual([])
    expect(kinds([{ ...task, Status: 'PROCESSING' }], [open])).toEqual([])
  })

  it('says nothing of tasks of others, whatever they are', () => {
    const others = fc.record({
      TaskId: fc.string(),
      TaskType: fc.string(),
      Status: fc.constantFrom('WAITING', 'PROCESSING', 'FINISH', 'ABORTED', ''),
      FileId: fc.string(),
      createdAt: fc.nat(now),
      finishedAt: fc.nat(now),
      listedIn: fc.constant([undefined]),
    })
    fc.assert(
      fc.property(fc.array(others), (tasks) => {
        expect(about(tasks, [])).toEqual([])
      }),
    )
  })
})
