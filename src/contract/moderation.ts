import { taskKinds } from './actions.js'
import { bytesOf, filled } from './json.js'
import type { ModerationResult, ModerationVerdict, Outcome, TaskReading } from './outcome.js'

/** The largest size of the verdicts of an outcome, in UTF-8 bytes. Its readings repeat them. */
const maxModerationBytes = 24 * 1024

/** A task of a step, and its last reading. */
interface ReviewedTask {
  readonly TaskType: string
  readonly reading: TaskReading | undefined
}

/** Returns the worst verdict of a step's tasks. If a verdict is missing and the others pass, it returns undefined, not a pass. */
export function moderationOf(tasks: readonly ReviewedTask[]): ModerationResult | undefined {
  const verdicts = worstFirst(tasks.flatMap(({ reading }) => reading?.verdicts ?? []))
  const [worst] = verdicts
  const Suggestion = worst && suggestionOf(worst)
  if (!Suggestion || (Suggestion === 'pass' && tasks.some(mayHaveMore))) return undefined
  const { Label, Form } = worst
  const fitting = fitVerdicts(verdicts, maxModerationBytes)
  const truncated = fitting.length < verdicts.length
  return { Suggestion, ...filled({ Label, Form }), verdicts: fitting, truncated }
}

/** Returns true if the task may have an unread verdict. A part of Type `Procedure` is a flow whose sub-tasks VOD does not show. */
function mayHaveMore({ TaskType, reading }: ReviewedTask): boolean {
  if (reading?.parts.some(({ Type }) => Type === 'Procedure')) return true
  // The type of a task may be unknown until it is read.
  const mayModerate =
    taskKinds[TaskType] === undefined || TaskType === 'Procedure' || TaskType === 'ReviewAudioVideo'
  return mayModerate && reading?.Status !== 'FINISH'
}

/** The largest number of verdicts in a text. The outcome has all of them. */
const maxNamed = 5

/** Returns moderation as text: `pass`, or the verdicts that are not a pass, e.g. `block Porn (Media), review (Porn.Asr)`. */
export function moderationText({ Suggestion, verdicts }: ModerationResult): string {
  return badText(verdicts) || Suggestion
}

/** Returns the moderation of an outcome as text, or undefined if it was not asked for. */
export function outcomeModerationText({
  moderation,
  tasks,
}: Pick<Outcome, 'moderation' | 'tasks'>): string | undefined {
  if (moderation) return moderationText(moderation)
  const verdicts = tasks.flatMap((task) => task.verdicts ?? [])
  return verdicts.length === 0 ? undefined : badText(verdicts) || 'no verdict'
}

function badText(verdicts: readonly ModerationVerdict[]): string {
  const bad = verdicts.filter((verdict) => suggestionOf(verdict) !== 'pass').map(verdictText)
  const more = bad.length > maxNamed ? [`${bad.length - maxNamed} more`] : []
  return [...bad.slice(0, maxNamed), ...more].join(', ')
}

/** Returns a verdict as text. */
export function verdictText({
  of,
  Suggestion,
  Label,
}: Pick<ModerationVerdict, 'of' | 'Suggestion' | 'Label'>): string {
  return [Suggestion ?? 'no verdict', Label, `(${of})`].filter((word) => word !== undefined).join(' ')
}

/** The largest number of segments of a verdict. */
export const maxSegments = 10

/** Returns the suggestion as one of VOD's three words, or undefined if it is missing. An unknown word needs a person, so it is `review`. */
export function suggestionOf({
  Suggestion,
}: Pick<ModerationVerdict, 'Suggestion'>): 'pass' | 'review' | 'block' | undefined {
  if (Suggestion === undefined) return undefined
  const word = Suggestion.toLowerCase()
  return word === 'pass' || word === 'block' ? word : 'review'
}

/** Returns the worst verdict of a moderation that a user may have put together, so its Suggestion may contradict its verdicts. */
export function worstOf(
  moderation: ModerationResult,
): Pick<ModerationVerdict, 'Suggestion' | 'Label' | 'Form'> {
  return worstFirst([moderation, ...moderation.verdicts])[0] ?? moderation
}

/** Sorts verdicts, the worst first. A missing verdict is worse than a pass. */
export function worstFirst<T extends Pick<ModerationVerdict, 'Suggestion'>>(verdicts: readonly T[]): T[] {
  const order = ['block', 'review', undefined, 'pass']
  const rank = (verdict: T) => order.indexOf(suggestionOf(verdict))
  return verdicts.toSorted((one, other) => rank(one) - rank(other))
}

/** Cuts verdicts, which are sorted worst first, to a size: segments before verdicts, and verdicts from the end. */
export function fitVerdicts(
  verdicts: readonly ModerationVerdict[],
  maxBytes: number,
): readonly ModerationVerdict[] {
  for (const most of [maxSegments, 5, 2, 1, 0]) {
    const smaller = verdicts.map((verdict) => withSegments(verdict, most))
    if (bytesOf(smaller) <= maxBytes) return smaller
  }
  const kept: ModerationVerdict[] = []
  let bytes = bytesOf([])
  for (const verdict of verdicts) {
    const { SegmentSetFileUrl: _, SegmentSetFileUrlExpireTime: __, ...bare } = withSegments(verdict, 0)
    bytes += bytesOf(bare) + 1
    if (bytes > maxBytes) break
    kept.push(bare)
  }
  return kept
}

function withSegments(verdict: ModerationVerdict, most: number): ModerationVerdict {
  if (verdict.segments.length <= most) return verdict
  return { ...verdict, segments: verdict.segments.slice(0, most), truncated: true }
}
