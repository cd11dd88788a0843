import { submitActions } from '../../contract/actions.js'
import type { PackedSubmission } from '../../contract/activities.js'
import { counted } from '../../contract/counted.js'
import { unpacked } from '../../contract/submission.js'
import type { CallMoment, SubmissionFile } from './caseFile.js'
import { Answer, Asked, type ShownAnswer, type ShownTask, Submit } from './schemas.js'

/** A call, which changes while the history is read. */
export interface GrowingCall {
  readonly at: string
  readonly eventId: number
  readonly activity: string
  readonly activityId: string
  readonly why: string
  readonly asked: unknown
  state: CallMoment['state']
  attempts: number
  answer?: unknown
  endedAt?: string
  failure?: CallMoment['failure']
}

/** Returns the line of a call in the timeline. `over` is true if the run has ended. */
export function callOf(call: GrowingCall, over: boolean): CallMoment {
  const { at, eventId, activity, why, state, attempts, endedAt, failure } = call
  const answer = answerOf(call)
  const { TaskId } = Asked.catch({}).parse(call.asked)
  const requestId = requestIdOf(call, answer)
  return {
    kind: 'call',
    at,
    eventId,
    activity,
    why,
    state,
    attempts,
    what: `${activity}: ${resultText(call, answer, over)}`.replace(
      `${activity}: ${activity}: `,
      `${activity}: `,
    ),
    ...(endedAt === undefined ? {} : { tookMs: Date.parse(endedAt) - Date.parse(at) }),
    ...(TaskId === undefined ? {} : { TaskId }),
    ...(requestId ? { requestId } : {}),
    ...(failure ? { failure } : {}),
  }
}

/** Returns one submission for each attempt of a step. After a request without an answer, a second activity sends the same one again. */
export function submissionsOf(calls: readonly GrowingCall[]): SubmissionFile[] {
  const whole = new Map<string, SubmissionFile>()
  for (const submission of calls.flatMap((call) => submissionOf(call) ?? [])) {
    const id = JSON.stringify([submission.action, submission.key, submission.attempt])
    const earlier = whole.get(id)
    const { at, calls, sends } = submission
    whole.set(id, {
      ...submission,
      at: earlier?.at ?? at,
      calls: [...(earlier?.calls ?? []), ...calls],
      sends: (earlier?.sends ?? 0) + sends,
    })
  }
  return [...whole.values()]
}

/** Returns the submission of a call, or undefined if the call submitted nothing. */
function submissionOf(call: GrowingCall): SubmissionFile | undefined {
  const action = submitActions.find((name) => name === call.activity)
  const { success, data } = Submit.safeParse(call.asked)
  if (!action || !success) return undefined
  const { key, attempt } = unpacked(action, data as PackedSubmission)
  const answer = answerOf(call)
  const requestId = requestIdOf(call, answer)
  return {
    at: call.at,
    action,
    key,
    attempt,
    calls: [call.eventId],
    sends: call.attempts,
    ...(answer && 'SessionId' in answer ? { SessionId: answer.SessionId } : {}),
    cameTo: cameTo(call, answer),
    TaskIds: answer && 'kind' in answer && answer.kind === 'accepted' ? idsOf(answer.tasks) : [],
    ...(requestId === undefined ? {} : { requestId }),
  }
}

/** Returns the task that a call has read. */
export function readingOf(call: GrowingCall): ShownTask | undefined {
  const answer = answerOf(call)
  return answer && 'reading' in answer ? answer.reading : undefined
}

function requestIdOf({ failure }: GrowingCall, answer: ShownAnswer | undefined): string | undefined {
  return (answer && 'requestId' in answer && answer.requestId) || failure?.requestId
}

function answerOf({ state, answer }: GrowingCall): ShownAnswer | undefined {
  return state === 'answered' ? Answer.safeParse(answer).data : undefined
}

function cameTo({ state, failure }: GrowingCall, answer: ShownAnswer | undefined): SubmissionFile['cameTo'] {
  if (answer && 'kind' in answer && answer.kind !== 'seen' && answer.kind !== 'gone') return answer.kind
  return state === 'failed' && failure?.type !== 'ambiguous' ? 'refused' : 'open'
}

function resultText({ state, failure }: GrowingCall, answer: ShownAnswer | undefined, over: boolean): string {
  if (state === 'open' && over) return 'unfinished when the run ended'
  if (state === 'open') return failure ? `retrying: ${failure.message}` : 'no answer yet'
  if (state === 'failed') return failure?.message ?? 'failed'
  if (state === 'canceled') return 'canceled'
  return answer ? answerText(answer) : 'answered'
}

function answerText(answer: ShownAnswer): string {
  if ('aborted' in answer) return answer.aborted ? 'the task is aborted' : 'VOD can no longer abort the task'
  if ('hinted' in answer)
    return `${counted(answer.tasks, 'task has', 'tasks have')} ended, ${counted(answer.hinted, 'run')} got a hint`
  if ('complete' in answer)
    return `${answer.complete ? 'found all' : 'not all found'}: ${idsOf(answer.tasks).join(', ') || 'none'}`
  switch (answer.kind) {
    case 'accepted':
      return answer.tasks.length === 0
        ? 'accepted, and the answer names no task'
        : `accepted, VOD made ${idsOf(answer.tasks).join(', ')}`
    case 'duplicate':
      return 'a duplicate: VOD had accepted an earlier request'
    case 'doubtful':
      return `in doubt: ${answer.refusal}`
    case 'gone':
      return 'VOD does not show the task'
    case 'seen':
      return `${answer.reading.TaskType} ${answer.reading.Status}, ${answer.reading.percent} %`
  }
}

function idsOf(tasks: readonly { readonly TaskId: string }[]): string[] {
  return tasks.map(({ TaskId }) => TaskId)
}
