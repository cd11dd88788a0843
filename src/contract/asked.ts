import type { SubmitAction } from './actions.js'
import { isDefinition, itemsOf, type Json, object } from './json.js'
import { setOf } from './repair.js'

/** What a request itself asks for: how many results of each Type its task shows at least, or in each set. */
export interface AskedResults {
  readonly TaskType: string
  readonly results: Readonly<Record<string, number>>
}

/** Members of a request that ask for results of other Types than their own, and the set where those stand. */
const setsOfAi: Readonly<Record<string, string>> = {
  AiContentReviewTask: 'AiContentReviewResultSet',
  AiAnalysisTask: 'AiAnalysisResultSet',
  AiRecognitionTask: 'AiRecognitionResultSet',
}

/** Undefined where a template says what is done, or where a task has one result. */
export function askedOf(action: SubmitAction, request: Json): AskedResults | undefined {
  switch (action) {
    case 'ProcessMedia':
      return { TaskType: 'Procedure', results: resultsOf(request) }
    case 'SplitMedia':
      return { TaskType: 'SplitMedia', results: { SplitMedia: itemsOf(request.Segments).length } }
    default:
      return undefined
  }
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

/** A definition is what makes a result. */
function isAsked({ Definition }: Json): boolean {
  return isDefinition(Definition)
}
