import type { ReviewRequest } from '../contract/activities.js'
import { isDefinition, type Json, object, text } from '../contract/json.js'
import { setOf } from '../contract/repair.js'

/**
 * Returns the types of task that one submission with a template makes (ProcessMediaByProcedure, "Output Parameters").
 * VOD returns a stored template with empty sets and objects, so a member counts only if it asks for something.
 */
export function taskTypesOf(template: Json): string[] {
  const { MediaProcessTask, AiAnalysisTask, AiRecognitionTask, AiRecognitionTaskSet, AiContentReviewTask } =
    template
  const processing = [
    MediaProcessTask,
    AiAnalysisTask,
    AiRecognitionTask,
    AiRecognitionTaskSet,
    AiContentReviewTask,
  ]
  return [
    ...(processing.some(asksForSomething) ? ['Procedure'] : []),
    ...(asksForSomething(template.ReviewAudioVideoTask) ? ['ReviewAudioVideo'] : []),
    ...(asksForSomething(template.ImportMediaKnowledgeTaskSet) ? ['ImportMediaKnowledge'] : []),
  ]
}

/** Returns the review that a template asks for. A review without contents reviews the film. */
export function reviewOf({ ReviewAudioVideoTask }: Json): ReviewRequest | undefined {
  const { Definition, ReviewContents } = object(ReviewAudioVideoTask) ?? {}
  if (!isDefinition(Definition)) return undefined
  const named = Array.isArray(ReviewContents) ? ReviewContents.map(text).filter((of) => of !== '') : []
  return { Definition, contents: named.length === 0 ? ['Media'] : named }
}

/** A definition makes a task. A media process task is a record of sets of tasks. */
function asksForSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(asksForSomething)
  if (typeof value !== 'object' || value === null) return false
  const { Definition, ...rest } = value as Json
  return (
    isDefinition(Definition) || Object.values(rest).some((set) => Array.isArray(set) && asksForSomething(set))
  )
}

/** The members in which a template asks for tasks. Every template has each of them, even if only as null or as an empty list. */
export const templateMembers = [
  'MediaProcessTask',
  'AiContentReviewTask',
  'AiAnalysisTask',
  'AiRecognitionTask',
  'AiRecognitionTaskSet',
  'ReviewAudioVideoTask',
] as const

/** Returns the first set that is not a list, or has an item without a definition. */
function brokenSetIn(media: Json): string | undefined {
  return Object.values(setOf).find((set) => {
    const items = media[set] ?? []
    return !Array.isArray(items) || !items.every((item) => typeof object(item)?.Definition === 'number')
  })
}

/** Returns the first member that a template lacks. Without it, what the template makes, or made before its last change, is unknown. */
export function lackingInTemplate(template: Json): string | undefined {
  const broken = templateMembers.find((member) => typeof template[member] !== 'object')
  const set = brokenSetIn(object(template.MediaProcessTask) ?? {})
  if (set !== undefined) return `MediaProcessTask.${set}`
  return broken ?? (Number.isNaN(Date.parse(String(template.UpdateTime))) ? 'UpdateTime' : undefined)
}
