import { expect, it } from 'vitest'
import type { RunFile } from '../../../src/operate/report/caseFile.js'
import { spansOf } from '../../../src/operate/report/page/spans.js'
import { problemsOf } from '../../../src/operate/report/problems.js'

const second = 1_000
const began = Date.parse('2026-11-30T10:00:00.000Z')
const at = (ms: number) => new Date(began + ms).toISOString()

const verdict = (of: string, Suggestion?: string) => ({ of, Suggestion, segments: [] })
/** A moderation task, with VOD's times: whole seconds. */
const review = (Status: string, ...verdicts: ReturnType<typeof verdict>[]) => ({
  TaskId: 'R',
  TaskType: 'ReviewAudioVideo',
  Status,
  CreateTime: at(1 * second),
  ...(Status === 'FINISH' ? { FinishTime: at(1 * second) } : {}),
  SessionId: 's',
  FileId: '528',
  percent: 100,
  parts: [],
  verdicts,
})

/** A run that asked VOD for moderation 1.9 s after its start. */
function runWith(more: Partial<RunFile>): RunFile {
  const submission = { action: 'ReviewAudioVideo', key: 'k', attempt: 1, calls: [], sends: 1, SessionId: 's' }
  const call = { activity: 'ReviewAudioVideo', why: '', state: 'answered', attempts: 1, tookMs: 100 } as const
  return {
    workflowId: 'w',
    runId: 'r',
    type: 'theirs',
    status: 'running',
    startedAt: at(0),
    startedBy: 'me',
    input: [],
    problems: [],
    submissions: [{ ...submission, at: at(1_900), cameTo: 'accepted', TaskIds: ['R'] }],
    tasks: [],
    outputs: [],
    verdicts: [],
    moments: [
      { kind: 'run', at: at(0), eventId: 1, what: 'started by me' },
      { kind: 'call', at: at(1_900), eventId: 5, what: 'ReviewAudioVideo: accepted', ...call },
    ],
    events: 9,
    ...more,
  }
}

const shown = (run: RunFile) =>
  spansOf(run, began + 60 * second).map((span) => [span.what, span.at - began, (span.end ?? span.at) - began])

it('a task is not older than its request, and its verdicts come after it', () => {
  const run = runWith({ tasks: [review('FINISH', verdict('Media', 'pass'), verdict('Cover'))] })
  expect(shown(run)).toEqual([
    ['started by me', 0, 0],
    ['ReviewAudioVideo', 1_900, 2_000],
    ['Task ReviewAudioVideo', 1_900, 1_900],
    ['Moderation of Media: pass', 1_900, 1_900],
    ['Moderation of Cover: no verdict', 1_900, 1_900],
  ])
})

it('a task that goes on lasts until the report, and a verdict that it has not given is no problem', () => {
  const run = runWith({ tasks: [review('PROCESSING', verdict('Media'))] })
  expect(shown(run).at(-1)).toEqual(['Task ReviewAudioVideo', 1_900, 60 * second])
  expect(problemsOf(run)).toEqual([])
  expect(problemsOf(runWith({ tasks: [review('FINISH', verdict('Media'))] }))).toEqual([
    { what: 'Moderation of Media', why: 'no verdict', TaskId: 'R' },
  ])
})

it('a gate lasts from its first timer to the decision, or to the report', () => {
  const wait = { kind: 'wait', eventId: 7, until: at(99 * second), what: 'waits', gate: 'film' } as const
  const waits = [
    { ...wait, at: at(3 * second), state: 'over' as const },
    { ...wait, at: at(5 * second), state: 'canceled' as const },
  ]
  expect(shown(runWith({ moments: waits }))).toEqual([['Review gate film', 3 * second, 60 * second]])
  const by = { decidedBy: 'person', by: 'ada', decision: 'rejected', reason: 'no' } as const
  const decision = {
    kind: 'decision',
    at: at(8 * second),
    eventId: 9,
    what: '',
    gate: 'film',
    ...by,
  } as const
  const decided = runWith({ moments: [...waits, decision] })
  expect(shown(decided)).toEqual([['Review gate film', 3 * second, 8 * second]])
  expect(spansOf(decided, began)[0]).toMatchObject({ note: 'rejected by ada: no', tone: 'bad' })
})

it('what has no time is left out', () => {
  const item = { FileId: 'a', workflowId: 'a', status: 'running', reason: '', startedAt: 'soon' }
  const timeless = { ...review('FINISH'), CreateTime: 'never' }
  const run = runWith({ submissions: [], moments: [], tasks: [timeless], batch: { items: [item] } })
  expect(shown(run)).toEqual([])
})
