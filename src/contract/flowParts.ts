import { isDefinition, itemsOf, type Json, object } from './json.js'
import type { TaskPart } from './outcome.js'
import { setOf } from './repair.js'

const typeOf = new Map(Object.entries(setOf).map(([Type, set]) => [set, Type]))

const aiTasks = ['AiContentReviewTask', 'AiAnalysisTask', 'AiRecognitionTask'] as const

/** Returns the name of a sub-task by which one request can be compared with another. */
export function flowPartName({ Type, Definition }: Pick<TaskPart, 'Type' | 'Definition'>): string {
  // The Types of AI results are those of the features in the AI template, which a task flow template does not name.
  return `${Object.hasOwn(setOf, Type) ? Type : 'AI'} ${Definition}`
}

/** Returns the names of the sub-tasks that a template asks its Procedure task for. */
export function flowPartsOf(template: Json): string[] {
  const media = Object.entries(object(template.MediaProcessTask) ?? {})
  const ofMedia = media.flatMap(([set, items]) =>
    definitionsIn(itemsOf(items)).map((Definition) => `${typeOf.get(set) ?? set} ${Definition}`),
  )
  const ai = [
    ...aiTasks.map((name) => object(template[name]) ?? {}),
    ...itemsOf(template.AiRecognitionTaskSet),
  ]
  return [...ofMedia, ...definitionsIn(ai).map((Definition) => `AI ${Definition}`)]
}

function definitionsIn(items: readonly Json[]): number[] {
  return items.map(({ Definition }) => Definition).filter(isDefinition)
}
