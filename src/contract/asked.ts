import type { SubmitAction } from './actions.js'
import { canonicalJson } from './canonicalJson.js'
import { filled, isDefinition, itemsOf, type Json, object } from './json.js'
import { setOf } from './repair.js'

/**
 * The results that a request itself asks for: the smallest number of results of each Type, or in each set, that its task shows. For a
 * ReviewAudioVideo task, the results are verdicts, by what they are of.
 */
export interface AskedResults {
  readonly TaskType: string
  readonly results: Readonly<Record<string, number>>
  /**
   * The sub-tasks of each Type of which the request contains one more than once, so that VOD may show equal results. Absent if there are
   * none.
   */
  readonly repeated?: readonly CountedSubTask[]
}

/** A sub-task, and how often a request contains it. */
interface CountedSubTask {
  readonly Type: string
  readonly Input: Json
  readonly count: number
}

/** The members of a request that ask for results of several Types, and the sets of those results. */
const setsOfAi: Readonly<Record<string, string>> = {
  AiContentReviewTask: 'AiContentReviewResultSet',
  AiAnalysisTask: 'AiAnalysisResultSet',
  AiRecognitionTask: 'AiRecognitionResultSet',
}

/** Returns undefined if a template determines the results, or if a task has one result. */
export function askedOf(action: SubmitAction, request: Json): AskedResults | undefined {
  switch (action) {
    case 'ProcessMedia':
      return {
        TaskType: 'Procedure',
        results: resultsOf(request),
        ...filled({ repeated: repeatedIn(request) }),
      }
    case 'SplitMedia':
      return { TaskType: 'SplitMedia', results: { SplitMedia: itemsOf(request.Segments).length } }
    case 'ReviewAudioVideo':
      return { TaskType: 'ReviewAudioVideo', results: reviewsOf(request.ReviewContents) }
    default:
      return undefined
  }
}

/** Without contents, VOD reviews the film. Source: "ReviewAudioVideo". */
function reviewsOf(ReviewContents: unknown): AskedResults['results'] {
  const contents = Array.isArray(ReviewContents) && ReviewContents.length > 0 ? ReviewContents : ['Media']
  return Object.fromEntries(contents.map((of) => [String(of), 1]))
}

function resultsOf(request: Json): AskedResults['results'] {
  const media = object(request.MediaProcessTask) ?? {}
  const counts = [
    ...Object.entries(setOf).map(
      ([Type, set]) => [Type, itemsOf(media[set]).filter(isAsked).length] as const,
    ),
    ...Object.entries(setsOfAi).map(
      ([task, set]) => [set, isAsked(object(request[task]) ?? {}) ? 1 : 0] as const,
    ),
  ]
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function repeatedIn(request: Json): CountedSubTask[] {
  const media = object(request.MediaProcessTask) ?? {}
  return Object.entries(setOf).flatMap(([Type, set]) => {
    const counts = new Map<string, number>()
    for (const input of itemsOf(media[set]).filter(isAsked).map(canonicalJson))
      counts.set(input, (counts.get(input) ?? 0) + 1)
    if (Math.max(0, ...counts.values()) < 2) return []
    return [...counts].map(([input, count]) => ({ Type, Input: JSON.parse(input) as Json, count }))
  })
}

/**
 * Returns how many equal results VOD may show of a sub-task with this input, to which VOD may add members. Such an input may contain several
 * that were asked for: it is of the one with the most members.
 */
export function mostEqual(asked: AskedResults | undefined, Type: string, shown: Json | undefined): number {
  const isOf = (Input: Json) => Object.entries(Input).every(([name, value]) => isEqual(shown?.[name], value))
  const membersOf = ({ Input }: CountedSubTask) => Object.keys(Input).length
  const [likeliest] = (asked?.repeated ?? [])
    .filter((each) => each.Type === Type && isOf(each.Input))
    .sort((one, other) => membersOf(other) - membersOf(one))
  return likeliest?.count ?? 1
}

function isEqual(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other)
}

/** A definition makes a result. */
function isAsked({ Definition }: Json): boolean {
  return isDefinition(Definition)
}
