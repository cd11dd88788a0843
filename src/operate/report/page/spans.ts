import { counted } from '../../../contract/counted.js'
import { isTerminal } from '../../../contract/outcome.js'
import { isOurs } from '../../../contract/runNames.js'
import type { CallMoment, Moment, RunFile } from '../caseFile.js'
import type { ShownTask } from '../schemas.js'
import { submissionOf } from './stepsOf.js'
import { type Tone, toneOf } from './words.js'

/** Something that happened, with an end if it took time. Times are in ms since the epoch. */
export interface Span {
  readonly at: number
  readonly end?: number
  /** It goes on. `end` is the time of the report. */
  readonly isOpen?: true
  /** Its times are VOD's, which are whole seconds. */
  readonly isRough?: true
  readonly what: string
  readonly note: string
  readonly tone: Tone
}

/** Returns what a person wants to see of a run, in order. Reads, hints and waits for them are left to the list of calls. */
export function spansOf(run: RunFile, now: number): Span[] {
  const spans = [
    ...run.moments.flatMap((moment) => spanOf(moment, run) ?? []),
    ...run.tasks.flatMap((task) => taskSpans(task, run, now)),
    ...gateSpans(run, now),
    ...itemSpans(run, now),
  ]
  return spans.filter(({ at }) => !Number.isNaN(at)).sort((one, other) => one.at - other.at)
}

function spanOf(moment: Moment, run: RunFile): Span | undefined {
  const { kind } = moment
  const what = isFailure(moment, run) ? `ended ${run.outcome?.status}` : moment.what
  const at = Date.parse(moment.at)
  if (kind === 'call') return isShown(moment) ? callSpan(moment, at) : undefined
  const isTheirs = kind === 'signal' && !isOurs(moment.name)
  if (kind !== 'run' && kind !== 'problem' && kind !== 'child' && !isTheirs) return undefined
  const end = what === 'completed' ? 'good' : 'calm'
  return { at, what, note: '', tone: kind === 'problem' ? 'bad' : end }
}

/** The page shows the reason of an outcome at its top, so its end need not repeat it. */
function isFailure({ kind, at }: Moment, { closedAt, outcome }: RunFile): boolean {
  return kind === 'problem' && at === closedAt && outcome !== undefined
}

/** VOD's actions that change something, webhooks, and whatever failed. */
function isShown({ activity, state, failure }: CallMoment): boolean {
  if (state === 'failed') return !failure?.benign
  return activity === 'sendWebhook' || /^(?!Describe|Search)[A-Z]/.test(activity)
}

function callSpan({ what, activity, state, tookMs, attempts, why, failure }: CallMoment, at: number): Span {
  const tries =
    attempts > 1
      ? `tried ${attempts} times${failure ? `, before that: ${failure.code ?? failure.message}` : ''}`
      : ''
  return {
    at,
    ...(tookMs === undefined ? {} : { end: at + tookMs }),
    what: state === 'failed' ? what : activity,
    note: [why, tries].filter((text) => text !== '').join(' · '),
    tone: state === 'failed' ? 'bad' : state === 'open' ? 'wait' : 'calm',
  }
}

/** A verdict is given at the end of its task. */
function taskSpans(task: ShownTask, run: RunFile, now: number): Span[] {
  const span = taskSpan(task, run, now)
  if (!span) return []
  const given = task.verdicts.filter(({ Suggestion }) => Suggestion !== undefined || isTerminal(task.Status))
  const verdicts = given.map(({ of, Suggestion, Label }) => ({
    at: span.end ?? span.at,
    what: `Moderation of ${of}: ${[Suggestion ?? 'no verdict', Label].join(' ').trim()}`,
    note: '',
    tone: toneOf(Suggestion ?? 'no verdict'),
  }))
  return [span, ...verdicts]
}

/** VOD's times are whole seconds, so a task can seem older than its request. */
function taskSpan(task: ShownTask, run: RunFile, now: number): Span | undefined {
  const created = Date.parse(task.CreateTime ?? '')
  const submission = submissionOf(run, task)
  const asked = submission?.cameTo === 'accepted' ? Date.parse(submission.at) : created
  const at = Math.max(created, asked)
  if (Number.isNaN(at)) return undefined
  const isOpen = !isTerminal(task.Status)
  const finished = Date.parse(task.FinishTime ?? '')
  const end = Math.max(at, isOpen ? (run.closedAt === undefined ? now : Date.parse(run.closedAt)) : finished)
  const good = task.parts.filter(({ status }) => status === 'succeeded').length
  const all = counted(task.parts.length, 'sub-task')
  const tone = good === task.parts.length ? 'good' : good === 0 ? 'bad' : 'wait'
  return {
    at,
    ...(Number.isNaN(end) ? {} : { end }),
    ...(isOpen && run.closedAt === undefined ? { isOpen: true } : {}),
    isRough: true,
    what: `Task ${task.TaskType}`,
    note: isOpen ? `${task.Status}, ${task.percent} %` : `${good} of ${all} succeeded`,
    tone: isOpen ? 'wait' : tone,
  }
}

/** A gate opens with its first timer. A decision without one came at once. */
function gateSpans({ moments, closedAt }: RunFile, now: number): Span[] {
  const waits = moments.filter((moment) => moment.kind === 'wait')
  const decisions = moments.filter((moment) => moment.kind === 'decision')
  const opened = new Map(waits.toReversed().map(({ gate, at }) => [gate, Date.parse(at)]))
  const decided = decisions.map(({ gate, at, decision, by, reason }) => {
    const end = Date.parse(at)
    const note = `${decision} by ${by}${reason === '' ? '' : `: ${reason}`}`
    return { at: opened.get(gate) ?? end, end, what: `Review gate ${gate}`, note, tone: toneOf(decision) }
  })
  const names = [...opened.keys()].filter((gate) => gate !== undefined)
  const undecided = names.filter((gate) => !decisions.some((decision) => decision.gate === gate))
  const ended = closedAt === undefined ? now : Date.parse(closedAt)
  const open = undecided.map((gate) => ({
    at: opened.get(gate) ?? ended,
    end: ended,
    ...(closedAt === undefined ? { isOpen: true as const } : {}),
    what: `Review gate ${gate}`,
    note: closedAt === undefined ? 'waits for a decision' : 'not decided',
    tone: 'wait' as const,
  }))
  return [...decided, ...open]
}

function itemSpans({ batch, closedAt }: RunFile, now: number): Span[] {
  return (batch?.items ?? []).flatMap(({ FileId, status, startedAt, endedAt }) => {
    if (startedAt === undefined) return []
    const isOpen = endedAt === undefined && closedAt === undefined
    const end = endedAt === undefined ? (isOpen ? now : Number.NaN) : Date.parse(endedAt)
    return {
      at: Date.parse(startedAt),
      ...(Number.isNaN(end) ? {} : { end }),
      ...(isOpen ? { isOpen } : {}),
      what: `Item ${FileId}`,
      note: status,
      tone: toneOf(status),
    }
  })
}
