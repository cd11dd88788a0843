import { filled, itemsOf, type Json, object, text } from '../contract/json.js'
import { maxSegments, worstFirst } from '../contract/moderation.js'
import type { ModerationSegment, ModerationVerdict } from '../contract/outcome.js'
import { cut } from '../contract/text.js'
import { hasFailed, subTaskHasFailed } from './taskShape.js'

const maxWord = 100

/**
 * Returns every verdict of a task, the worst first. A verdict that was asked for and is missing has no Suggestion: its task or
 * sub-task has failed, has not ended, or ended without one.
 */
export function verdictsOf(TaskType: string, Status: string, task: Json | undefined): ModerationVerdict[] {
  const review = TaskType === 'ReviewAudioVideo' ? reviewVerdicts(Status, task) : []
  return worstFirst([...review, ...olderVerdicts(task)])
}

/** A ReviewAudioVideo task reviews what `ReviewContents` names, or the film if it names nothing. */
function reviewVerdicts(Status: string, task: Json | undefined): ModerationVerdict[] {
  const isGood = Status === 'FINISH' && !hasFailed(task)
  const Output = isGood ? object(task?.Output) : undefined
  const others = Object.entries(Output ?? {}).flatMap(([member, result]) => {
    const [, of] = /^(.+)ReviewResult$/.exec(member) ?? []
    return of === undefined ? [] : ([[of, object(result)]] as const)
  })
  const given = new Map([['Media', Output], ...others])
  const judged = [...given].flatMap(([of, result]) => (text(result?.Suggestion) === '' ? [] : [of]))
  const contents = object(task?.Input)?.ReviewContents
  const named = Array.isArray(contents) ? contents.map(word).filter((of) => of !== '') : []
  const asked = named.length === 0 ? ['Media'] : named
  return [...new Set([...asked, ...judged])].map((of) => toVerdict(of, given.get(of), mostListed.review))
}

/** Returns a verdict for each sub-task of the older moderation, including members that VOD may add later. */
function olderVerdicts(task: Json | undefined): ModerationVerdict[] {
  const set = task?.AiContentReviewResultSet
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
