import type { AskedResults } from '../contract/asked.js'
import { filled, itemsOf, type Json, object, text } from '../contract/json.js'
import { maxSegments, worstFirst } from '../contract/moderation.js'
import type { ModerationSegment, ModerationVerdict } from '../contract/outcome.js'
import { cut } from '../contract/text.js'
import { hasFailed, subTaskHasFailed, subTasksOf } from './taskShape.js'

const maxWord = 100

/**
 * Returns every verdict of a task, the worst first. A verdict that was asked for and is missing has no Suggestion: its task or
 * sub-task has failed, has not ended, or ended without one.
 */
export function verdictsOf({ TaskType, Status, task, asked }: ReviewedTask): ModerationVerdict[] {
  const review = TaskType === 'ReviewAudioVideo' ? reviewVerdicts(Status, task, asked) : []
  return worstFirst([...review, ...subTaskVerdicts(task)])
}

interface ReviewedTask {
  readonly TaskType: string
  readonly Status: string
  readonly task: Json | undefined
  /** What the request asked for, if a template does not determine it. */
  readonly asked: AskedResults | undefined
}

function reviewVerdicts(
  Status: string,
  task: Json | undefined,
  asked: AskedResults | undefined,
): ModerationVerdict[] {
  const isGood = Status === 'FINISH' && !hasFailed(task)
  const Output = isGood ? object(task?.Output) : undefined
  const others = Object.entries(Output ?? {}).flatMap(([member, result]) => verdictsIn(member, result))
  const given: (readonly [string, Json | undefined])[] = [['Media', Output], ...others]
  const judged = given.filter(([, result]) => isJudgment(result))
  const missing = contentsOf(task, asked).filter((content) => judged.every(([of]) => of !== content))
  const all = [...judged, ...missing.map((of) => [of, undefined] as const)]
  return all.map(([of, result]) => toVerdict(of, result, mostListed.review))
}

/** The verdicts in a member such as `CoverReviewResult`, or in a list that VOD may add later. */
function verdictsIn(member: string, value: unknown): (readonly [string, Json])[] {
  // The segments belong to the verdict of the film.
  if (member === 'SegmentSet') return []
  const of = member.replace(/(Review)?Result(Set)?$/, '')
  return [object(value), ...itemsOf(value)].flatMap((result) =>
    isJudgment(result) ? [[of, result] as const] : [],
  )
}

function isJudgment(result: Json | undefined): result is Json {
  return text(result?.Suggestion) !== ''
}

/** The contents that a task had to review. An answer without them is incomplete, so a verdict of each may be missing. */
function contentsOf(task: Json | undefined, asked: AskedResults | undefined): readonly string[] {
  if (asked?.TaskType === 'ReviewAudioVideo') return Object.keys(asked.results)
  const contents = object(task?.Input)?.ReviewContents
  if (!Array.isArray(contents)) return ['Media', 'Cover']
  const named = contents.map(word).filter((of) => of !== '')
  return named.length === 0 ? ['Media'] : [...new Set(named)]
}

/** Returns the verdicts of sub-tasks: those of the older moderation, and those of sets that VOD may add later. */
function subTaskVerdicts(task: Json | undefined): ModerationVerdict[] {
  const newer = subTasksOf(task).flatMap(({ Type, set, result }) => {
    const output = set === olderSet ? undefined : outputOf(result)
    return isJudgment(output) ? [toVerdict(Type, output, mostListed.older)] : []
  })
  return [...olderVerdicts(task), ...newer]
}

const olderSet = 'AiContentReviewResultSet'

/** Returns a verdict for each sub-task of the older moderation, including members that VOD may add later. */
function olderVerdicts(task: Json | undefined): ModerationVerdict[] {
  const set = task?.[olderSet]
  if (!Array.isArray(set)) return []
  return set.map(object).flatMap((item) => {
    const results = Object.entries(item ?? {}).filter(([, result]) => object(result) !== undefined)
    const members = results.length === 0 ? [['AiContentReviewTask', undefined] as const] : results
    return members.map(([member, result]) =>
      toVerdict(word(item?.Type) || member.replace(/Task$/, ''), outputOf(object(result)), mostListed.older),
    )
  })
}

function outputOf(result: Json | undefined): Json | undefined {
  const isGood = result?.Status === 'SUCCESS' && !subTaskHasFailed(result)
  return isGood ? object(result.Output) : undefined
}

/** The number of segments that VOD lists in an answer. The file has all of them. */
const mostListed = { review: 10, older: 100 }

function toVerdict(of: string, result: Json | undefined, mostListed: number): ModerationVerdict {
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
