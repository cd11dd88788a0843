import type { AskedResults } from '../contract/asked.js'
import { filled, itemsOf, type Json, object, text } from '../contract/json.js'
import { maxSegments, suggestionOf, worstFirst } from '../contract/moderation.js'
import type { ModerationSegment, ModerationVerdict } from '../contract/outcome.js'
import { cut } from '../contract/text.js'
import { hasFailed, subTaskHasFailed } from './taskShape.js'

const maxWord = 100

/**
 * Returns every verdict of a task, the worst first. A verdict that was asked for and is missing has no Suggestion: its task or
 * sub-task has failed, has not ended, or ended without one.
 */
export function verdictsOf({ TaskType, Status, task, asked }: ReviewedTask): ModerationVerdict[] {
  const review = TaskType === 'ReviewAudioVideo' ? reviewsOf(Status, task, asked) : []
  const known = [...review, ...olderOf(task, asked)]
  const read = new Set(known.flatMap(({ result }) => (result ? [result, ...itemsOf(result.SegmentSet)] : [])))
  const others = [...judgmentsIn(task, '')].filter(({ result }) => !read.has(result) && isBad(result))
  return worstFirst([...known, ...others].map(toVerdict))
}

interface ReviewedTask {
  readonly TaskType: string
  readonly Status: string
  readonly task: Json | undefined
  /** What the request asked for, if a template does not determine it. */
  readonly asked: AskedResults | undefined
}

/** A result of moderation, or its place if it is missing. */
interface ReviewResult {
  readonly of: string
  readonly result: Json | undefined
  readonly mostListed: number
}

/** The number of segments that VOD lists in an answer. The file has all of them. */
const mostListed = { review: 10, older: 100 }

function reviewsOf(Status: string, task: Json | undefined, asked: AskedResults | undefined): ReviewResult[] {
  // Tasks have their Status outside and inside. Both must say that they have ended.
  const inner = text(task?.Status) || 'FINISH'
  const isGood = Status === 'FINISH' && inner === 'FINISH' && !hasFailed(task)
  const Output = isGood ? object(task?.Output) : undefined
  const others = Object.entries(Output ?? {}).flatMap(([member, value]) => reviewIn(member, object(value)))
  const given = [{ of: 'Media', result: Output }, ...others]
  const judged = given.filter(({ result }) => isJudgment(result))
  const missing = contentsOf(task, asked).filter((content) => judged.every(({ of }) => of !== content))
  const all = [
    ...judged,
    ...missing.map((of) => ({ of, result: given.find((each) => each.of === of)?.result })),
  ]
  return all.map((each) => ({ ...each, mostListed: mostListed.review }))
}

/** The verdict in a member such as `CoverReviewResult`. */
function reviewIn(member: string, result: Json | undefined): Pick<ReviewResult, 'of' | 'result'>[] {
  return isJudgment(result) ? [{ of: member.replace(/(Review)?Result$/, ''), result }] : []
}

/**
 * Yields every object with a Suggestion, at any depth, by its path. A member that VOD adds later may contain a verdict, and a verdict that
 * is not read must not let media pass.
 */
function* judgmentsIn(
  value: unknown,
  path: string,
  depth = deepest,
): Iterable<ReviewResult & { readonly result: Json }> {
  const within = object(value)
  if (isJudgment(within)) yield { of: path, result: within, mostListed: mostListed.older }
  const members = Array.isArray(value)
    ? value.map((item) => ['', item] as const)
    : Object.entries(within ?? {})
  for (const [name, member] of members) {
    if (typeof member !== 'object' || name === 'Input' || depth === 0) continue
    yield* judgmentsIn(member, [path, name].filter((part) => part !== '').join('.'), depth - 1)
  }
}

/** VOD's answers are some six levels deep. */
const deepest = 32

function isBad(result: Json): boolean {
  return suggestionOf({ Suggestion: word(result.Suggestion) }) !== 'pass'
}

function isJudgment(result: Json | undefined): result is Json {
  return text(result?.Suggestion) !== ''
}

/** The contents that a task had to review. An answer without them is incomplete, so a verdict of each may be missing. */
function contentsOf(task: Json | undefined, asked: AskedResults | undefined): readonly string[] {
  const requested = asked?.TaskType === 'ReviewAudioVideo' ? Object.keys(asked.results) : []
  const contents = object(task?.Input)?.ReviewContents
  if (!Array.isArray(contents)) return requested.length === 0 ? ['Media', 'Cover'] : requested
  const named = [...new Set([...requested, ...contents.map(word)])].filter((of) => of !== '')
  return named.length === 0 ? ['Media'] : named
}

const olderSet = 'AiContentReviewResultSet'

/**
 * Returns a verdict for each sub-task of the older moderation, including members that VOD may add later. If it was asked for and no
 * sub-task is shown, one verdict is missing.
 */
function olderOf(task: Json | undefined, asked: AskedResults | undefined): ReviewResult[] {
  const given = task?.[olderSet]
  const shown = Array.isArray(given) ? given : []
  const set = shown.length === 0 && asked?.results[olderSet] ? [undefined] : shown
  return set.map(object).flatMap((item) => {
    const results = Object.entries(item ?? {}).filter(([, result]) => object(result) !== undefined)
    const members = results.length === 0 ? [['AiContentReviewTask', undefined] as const] : results
    return members.map(([member, result]) => ({
      of: word(item?.Type) || member.replace(/Task$/, ''),
      result: outputOf(object(result)),
      mostListed: mostListed.older,
    }))
  })
}

function outputOf(result: Json | undefined): Json | undefined {
  const isGood = result?.Status === 'SUCCESS' && !subTaskHasFailed(result)
  return isGood ? object(result.Output) : undefined
}

function toVerdict({ of, result, mostListed }: ReviewResult): ModerationVerdict {
  const all = itemsOf(result?.SegmentSet)
  return {
    of: cut(of, maxWord),
    ...worstWords(result, all),
    segments: all.slice(0, maxSegments).map(toSegment),
    truncated: all.length > maxSegments || all.length >= mostListed,
    ...filled({
      SegmentSetFileUrl: text(result?.SegmentSetFileUrl),
      SegmentSetFileUrlExpireTime: text(result?.SegmentSetFileUrlExpireTime),
    }),
  }
}

/** If a verdict is better than one of its segments, the worse one counts. A missing verdict stays missing. */
function worstWords(result: Json | undefined, segments: readonly Json[]): Words {
  const own = wordsOf(result)
  if (own.Suggestion === undefined) return own
  const found = segments.map(wordsOf).filter(({ Suggestion }) => Suggestion !== undefined)
  const [worst = own] = worstFirst([own, ...found])
  return worst
}

function toSegment(segment: Json): ModerationSegment {
  const { StartTimeOffset, EndTimeOffset, Confidence, Text, KeywordSet, Name, Url, PicUrlExpireTime } =
    segment
  const keywords = Array.isArray(KeywordSet) ? KeywordSet.map(text).join(', ') : ''
  return {
    StartTimeOffset: number(StartTimeOffset),
    EndTimeOffset: number(EndTimeOffset),
    Confidence: number(Confidence),
    ...wordsOf(segment),
    ...filled({
      Text: text(text(Text) || keywords || Name),
      Url: text(Url),
      PicUrlExpireTime: text(PicUrlExpireTime),
    }),
  }
}

type Words = Pick<ModerationVerdict, 'Suggestion' | 'Label' | 'Form'>

function wordsOf(value: Json | undefined): Words {
  return filled({
    Suggestion: word(value?.Suggestion),
    Label: word(value?.Label),
    Form: word(value?.Form),
  })
}

function word(value: unknown): string {
  return cut(text(value), maxWord)
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
