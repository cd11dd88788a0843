import type { SubmitAction } from './actions.js'
import { isDefinition, itemsOf, type Json, object } from './json.js'
import { setOf } from './repair.js'

/**
 * The results that a request itself asks for: the smallest number of results of each Type, or in each set, that its task shows. For a
 * ReviewAudioVideo task, the results are verdicts, by what they are of.
 */
export interface AskedResults {
  readonly TaskType: string
  readonly results: Readonly<Record<string, number>>
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
      return { TaskType: 'Procedure', results: resultsOf(request) }
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

/** A definition makes a result. */
function isAsked({ Definition }: Json): boolean {
  return isDefinition(Definition)
}
