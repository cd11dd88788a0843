import { describe, expect, it } from 'vitest'
import type { CancelSummary, Outcome } from '../../src/client/index.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import { markerOf } from '../explore/marker.js'
import { judgeSteps } from './judgeSteps.js'
import type { StepPlan } from './stepPlan.js'
import type { Stepped } from './steps.js'

const sent = (SessionId: string) =>
  `vf1.key.${Buffer.from(JSON.stringify(['', '', 0, 'step/1', 'chain', SessionId])).toString('base64url')}.mac`

const task = (TaskId: string, given: Partial<EmulatorTask> = {}, SessionId = 'first') =>
  ({
    TaskId,
    TaskType: 'PullUpload',
    Status: 'FINISH',
    FileId: `file of ${TaskId}`,
    SessionContext: `${sent(SessionId)}|${markerOf(1)}`,
    subTasks: [],
    Input: {},
    Output: null,
    ErrCodeExt: '',
    ErrCode: 0,
    createdAt: 0,
    finishedAt: 0,
    ...given,
  }) as unknown as EmulatorTask

const reading = (TaskId: string) => ({
  TaskId,
  TaskType: 'PullUpload',
  Status: 'FINISH',
  CreateTime: '',
  FinishTime: '',
  parts: [{ Type: 'PullUpload', status: 'succeeded', Output: { FileId: `file of ${TaskId}` }, urls: [] }],
  newFileIds: [`file of ${TaskId}`],
})

const outcome = (TaskId: string, given: Partial<Outcome> = {}) =>
  ({
    status: 'succeeded',
    newFileIds: [`file of ${TaskId}`],
    attempts: [{ SessionId: 'first', TaskIds: [TaskId] }],
    tasks: [reading(TaskId)],
    ...given,
  }) as unknown as Outcome

const judged = (act: StepPlan['act'], how: Partial<Stepped>, tasks: readonly EmulatorTask[]) => {
  const plan = { number: 1, kind: 'pullUpload', host: 'name', act } as StepPlan
  return judgeSteps([{ plan, FileId: 'source', acted: 'done', endedAt: 100, ...how }], tasks, {})
}
const summary = (given: Partial<CancelSummary> = {}): CancelSummary => ({
  stopped: [],
  ended: [],
  left: [],
  submitUnanswered: false,
  ...given,
})

describe('the judge of steps', () => {
  it('has nothing to say of the truth', () => {
    expect(judged('nothing', { outcomes: [outcome('1')] }, [task('1')])).toEqual([])
    expect(judged('cancel', { canceled: { summary: summary({ ended: ['1'] }) } }, [task('1')])).toEqual([])
    expect(judged('cancel', { canceled: { summary: summary() } }, [])).toEqual([])
    const again = [task('0', {}, 'of the chain before'), task('1')]
    expect(judged('terminate and start again', { outcomes: [outcome('1')] }, again)).toEqual([])
    const detached = outcome('1', { status: 'detached', newFileIds: [], tasks: [] })
    expect(judged('detach', { outcomes: [detached] }, [task('1')])).toEqual([])
  })

  it.each([
    ['at once', 1_000, true],
    ['after all of its short wait', 60_000, false],
  ])('takes a composition that was named and is unknown %s', (_, endedAt, isLie) => {
    const plan = { number: 1, kind: 'composeMedia', host: 'name', act: 'nothing' } as StepPlan
    const unknown = outcome('1', { status: 'unknown', newFileIds: [], tasks: [] })
    const stepped: Stepped = { plan, FileId: 'source', acted: 'done', endedAt, outcomes: [unknown] }
    const lies = judgeSteps([stepped], [task('1', { TaskType: 'ComposeMedia' })], {})
    expect(lies.length > 0).toBe(isLie)
  })

  it.each<[string, StepPlan['act'], Partial<Stepped>, readonly EmulatorTask[]]>([
    ['a second task', 'nothing', { outcomes: [outcome('1')] }, [task('1'), task('2')]],
    [
      'a second send',
      'reset the workflow',
      { outcomes: [outcome('1')] },
      [task('1'), task('2', {}, 'second')],
    ],
    ['no task', 'nothing', { outcomes: [outcome('1')] }, []],
    ['another file', 'nothing', { outcomes: [outcome('1')] }, [task('1', { FileId: 'else' })]],
    ['no end', 'nothing', { problem: 'has no end' }, [task('1')]],
    ['a run that nobody canceled', 'nothing', { canceled: { summary: summary() } }, []],
    [
      'a run that nobody detached',
      'nothing',
      { outcomes: [outcome('1', { status: 'detached', tasks: [] })] },
      [task('1')],
    ],
    ['a task that a canceled run does not name', 'cancel', { canceled: { summary: summary() } }, [task('1')]],
    ['a task that goes on', 'cancel', { canceled: { summary: summary({ stopped: ['1'] }) } }, [task('1')]],
    ['a task of nobody', 'cancel', { canceled: { summary: summary({ left: ['9'] }) } }, []],
    ['a task after the end', 'cancel', { canceled: {} }, [task('1', { createdAt: 101 })]],
    ['two sends of a canceled run', 'cancel', { canceled: {} }, [task('1'), task('2', {}, 'second')]],
    [
      'a chain that was billed twice',
      'terminate and start again',
      { outcomes: [outcome('1')] },
      [task('1'), task('2', {}, 'x'), task('3', {}, 'x')],
    ],
  ])('sees %s', (_, act, how, tasks) => {
    expect(judged(act, how, tasks)).not.toEqual([])
  })
})
