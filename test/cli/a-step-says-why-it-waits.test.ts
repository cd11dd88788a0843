import { describe, expect, it } from 'vitest'
import { linesOf } from '../../src/cli/describeRun.js'
import { VodError } from '../../src/contract/errors.js'
import { detailsOf } from '../../src/workflows/run/stepMarkdown.js'
import { progressOf } from '../../src/workflows/step/progressOf.js'
import { TestStep } from '../support/step.js'

const task = {
  TaskId: '1500000001-procedurev2-aaaa',
  TaskType: 'Procedure',
  Status: 'WAITING',
  percent: 0,
} as const
const step = {
  key: 'step',
  phase: 'waiting',
  attempt: 1,
  percent: 0,
  nets: {},
  nextLook: '2026-01-01T06:00:00.000Z',
} as const
const textOf = (tasks: readonly object[]) =>
  JSON.stringify(
    linesOf({ workflowId: 'w', type: 't' }, { steps: [{ ...step, tasks: tasks as never }] } as never),
  )

it('a step whose last read said nothing about its task shows why, and when it reads again', () => {
  const said = textOf([task, { ...task, problem: 'has a detail with another SessionId' }])
  expect(said).toContain('at the last read, it has a detail with another SessionId')
  expect(said).toContain("it reads again at VOD's next event, or at")
  expect(said).not.toContain('all is well')
})

it('a step that waits for a task which VOD shows is well', () => {
  expect(textOf([task])).toContain(
    "all is well: it ends with VOD's event, or minutes later if a sweep runs; without both, it reads at",
  )
})

it.each([
  ['no task', []],
  ['a task without a TaskId', [task, { ...task, TaskId: undefined }]],
])('a step that knows %s says that it waits for its name', (_, tasks) => {
  const said = textOf(tasks)
  expect(said).toContain(
    "it waits for VOD's event, or a sweep, to name a task that it does not know; it looks again at",
  )
  expect(said).not.toContain('all is well')
})

it('nothing of a run that has ended waits', () => {
  const closed = { workflowId: 'w', type: 't', closedAt: new Date() }
  const gate = { gate: 'review', status: 'open', onDeadline: 'rejected', deadline: step.nextLook }
  const described = { steps: [{ ...step, tasks: [task] }], gates: [gate] } as never
  const said = JSON.stringify(linesOf(closed, described))
  expect(said).toContain('open when the run ended')
  expect(said).not.toMatch(/all is well|waiting for|waits for|approve/)
})

it('a step without events promises none', () => {
  const { nextLook: _, ...polling } = { ...step, tasks: [task] }
  const said = JSON.stringify(linesOf({ workflowId: 'w', type: 't' }, { steps: [polling] } as never))
  expect(said).toContain('all is well: it reads until VOD shows the end')
  expect(
    progressOf(new TestStep({ origin: { kind: 'adopt', TaskId: 't' }, callbacks: false }).state),
  ).not.toHaveProperty('nextLook')
})

it('the Temporal UI says the same of a wait and of a cancel', () => {
  const ofProblem = detailsOf({ ...step, tasks: [{ ...task, problem: 'is not shown by VOD' }] })
  expect(ofProblem).toContain('at the last read, it is not shown by VOD')
  expect(ofProblem).toContain("It reads again at VOD's next event, or at 2026-01-01T06:00:00.000Z.")
  const canceled = { stopped: [], ended: [], left: ['t-1'], submitUnanswered: true }
  expect(detailsOf({ ...step, phase: 'settled', tasks: [task], canceled })).toContain(
    'Stopped: nothing; goes on: `t-1`; had ended: nothing; the submit got no answer, so a task may exist.',
  )
})

describe('a call that is retried', () => {
  const retriedText = (problem: string, code?: string) => {
    const retried = { activity: 'DescribeTaskDetail', why: 'failed', attempt: 8, problem, code } as const
    return JSON.stringify(linesOf({ workflowId: 'w', type: 't' }, { retried: [retried as never] }))
  }

  it.each(['NotConnected', 'Network', 'Timeout', 'HttpStatus'])(
    'while VOD does not answer, says so plainly: ClientError.%s',
    (name) => {
      const code = `ClientError.${name}`
      const { message } = new VodError({ action: 'DescribeTaskDetail', code, problem: 'no answer' })
      const said = retriedText(message, code)
      expect(said).toContain(
        `VOD does not answer DescribeTaskDetail (${code}), attempt 8; it is being tried now`,
      )
      expect(said).toContain('nothing is lost; no answer. ')
      expect(said.split('DescribeTaskDetail')).toHaveLength(2)
      expect(said.split(code)).toHaveLength(2)
    },
  )

  it('names an activity that fails once', () => {
    expect(retriedText('DescribeTaskDetail: AuthFailure: no key.')).toContain(
      'the activity DescribeTaskDetail fails: AuthFailure: no key. (attempt 8)',
    )
    expect(retriedText('no such file')).toContain(
      'the activity DescribeTaskDetail fails: no such file (attempt 8)',
    )
  })
})
