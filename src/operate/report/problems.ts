import { counted } from '../../contract/counted.js'
import { isTerminal } from '../../contract/outcome.js'
import type { RunFile, RunProblem } from './caseFile.js'
import { whyOf } from './outputs.js'
import { withoutRepaired } from './repairs.js'

/** A run as its history shows it. */
type RunReading = Omit<RunFile, 'problems'>

/** Returns what went wrong in a run, the worst first: the run itself, its requests, its sub-tasks, its content, its items. */
export function problemsOf(run: RunReading): RunProblem[] {
  return [
    ...ofRun(run),
    ...ofThrottling(run),
    ...ofRequests(run),
    ...ofTasks(run),
    ...ofContent(run),
    ...ofBatch(run),
  ]
}

/** An outcome names its sub-tasks, which are problems of their own. */
function ofRun({ status, outcome, failure, tasks, closedAt }: RunReading): RunProblem[] {
  if (failure) {
    const { message, code = '', remedy, requestId } = failure
    return [{ what: `The run ${status}`, why: withCode(code, message), ...given({ remedy, requestId }) }]
  }
  if (status === 'terminated' || status === 'timed out' || status === 'canceled')
    return [{ what: `The run ${status === 'timed out' ? status : `was ${status}`}`, why: '' }]
  const isNamed = tasks.some(({ parts }) => parts.some((part) => part.status !== 'succeeded'))
  if (outcome === undefined || outcome.status === 'succeeded' || closedAt === undefined || isNamed) return []
  return [{ what: `The run ended ${outcome.status}`, why: outcome.reason }]
}

/** A throttled call is expected and tried again, but it is why the run waits. */
function ofThrottling({ moments, closedAt }: RunReading): RunProblem[] {
  if (closedAt !== undefined) return []
  return moments.flatMap((moment) => {
    if (moment.kind !== 'call' || moment.state !== 'open' || moment.failure?.type !== 'throttled') return []
    const { message, code = '', remedy, requestId } = moment.failure
    const why = `${withCode(code, message)} (tried ${counted(moment.attempts, 'time')})`
    const what = `${moment.activity} waits because VOD throttles it`
    return [{ what, why, ...given({ remedy, requestId }) }]
  })
}

/** A lost answer is no problem after a second call got the answer of the same submission. */
function ofRequests({ moments, submissions, failure: ofRun, closedAt }: RunReading): RunProblem[] {
  const settled = submissions.flatMap(({ cameTo, calls }) =>
    cameTo === 'open' || cameTo === 'refused' ? [] : calls,
  )
  return moments.flatMap((moment) => {
    if (moment.kind === 'problem' && closedAt === undefined) return [{ what: moment.what, why: '' }]
    if (moment.kind !== 'call' || !moment.failure || moment.failure.benign) return []
    const { message, code = '', remedy, requestId } = moment.failure
    if (settled.includes(moment.eventId)) return []
    // The failure of the run says the same.
    if (moment.state === 'answered' || moment.state === 'canceled' || message === ofRun?.message) return []
    const what =
      moment.state === 'failed' ? `${moment.activity} failed` : `${moment.activity} has no answer yet`
    return [{ what, why: withCode(code, message), ...given({ remedy, requestId }) }]
  })
}

function ofTasks({ tasks, submissions }: RunReading): RunProblem[] {
  return withoutRepaired(tasks, submissions)
    .filter(({ Status }) => isTerminal(Status))
    .flatMap(({ TaskId, parts }) =>
      parts
        .filter(({ status }) => status !== 'succeeded')
        .map((part) => ({ what: `${part.Type} ${part.Definition ?? ''}`.trim(), why: whyOf(part), TaskId })),
    )
}

/** Content that VOD blocks, or does not judge although it was asked to. */
function ofContent({ tasks }: RunReading): RunProblem[] {
  return tasks.flatMap(({ TaskId, Status, verdicts }) =>
    verdicts
      .filter(({ Suggestion }) =>
        Suggestion === undefined ? isTerminal(Status) : Suggestion.toLowerCase() === 'block',
      )
      .map(({ of, Suggestion, Label }) => ({
        what: `Moderation of ${of}`,
        why: Suggestion === undefined ? 'no verdict' : `${Suggestion}: ${Label ?? 'without a label'}`,
        TaskId,
      })),
  )
}

const goodItems = ['succeeded', 'running', 'skipped', 'repeated']

function ofBatch({ batch }: RunReading): RunProblem[] {
  const stopped = batch?.stopped === undefined ? [] : [{ what: 'The batch stopped', why: batch.stopped }]
  const bad = (batch?.items ?? []).filter(({ status }) => !goodItems.includes(status))
  return [
    ...stopped,
    ...bad.map(({ FileId, status, reason }) => ({
      what: `Item ${FileId}`,
      why: status === 'missing' ? 'missing: VOD does not have this media file' : `${status}: ${reason}`,
    })),
  ]
}

function withCode(code: string, message: string): string {
  return code === '' || message.includes(code) ? message : `${code}: ${message}`
}

/** Returns the members that have a value. */
function given(fields: { readonly remedy: string | undefined; readonly requestId: string | undefined }) {
  const { remedy = '', requestId = '' } = fields
  return { ...(remedy === '' ? {} : { remedy }), ...(requestId === '' ? {} : { requestId }) }
}
