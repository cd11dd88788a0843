import type { ReviewRequest } from '../contract/activities.js'
import { isDefinition, type Json, object, text } from '../contract/json.js'
import { setOf } from '../contract/repair.js'

/**
 * Types of task that one submission with a template makes (ProcessMediaByProcedure, "Output Parameters").
 * A stored template comes back with empty sets and objects, so what counts is that something is asked for.
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

/** What the ReviewAudioVideo task of a template is asked for: the film, where it names nothing. */
export function reviewOf({ ReviewAudioVideoTask }: Json): ReviewRequest | undefined {
  const { Definition, ReviewContents } = object(ReviewAudioVideoTask) ?? {}
  if (!isDefinition(Definition)) return undefined
  const named = Array.isArray(ReviewContents) ? ReviewContents.map(text).filter((of) => of !== '') : []
  return { Definition, contents: named.length === 0 ? ['Media'] : named }
}

/** A definition is what makes a task; a media process task is a record of sets of such. */
function asksForSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(asksForSomething)
  if (typeof value !== 'object' || value === null) return false
  const { Definition, ...rest } = value as Json
  return (
    isDefinition(Definition) || Object.values(rest).some((set) => Array.isArray(set) && asksForSomething(set))
  )
}

/** What a template asks for. Each is there in every template, if only as null or as an empty list. */
export const templateMembers = [
  'MediaProcessTask',
  'AiContentReviewTask',
  'AiAnalysisTask',
  'AiRecognitionTask',
  'AiRecognitionTaskSet',
  'ReviewAudioVideoTask',
] as const

/** The first set that is no list, or has an item without the definition that makes a task of it. */
function brokenSetIn(media: Json): string | undefined {
  return Object.values(setOf).find((set) => {
    const items = media[set] ?? []
    return !Array.isArray(items) || !items.every((item) => typeof object(item)?.Definition === 'number')
  })
}

/** The first member that a template lacks, so that nobody knows what it makes, or what it made before it was changed. */
export function lackingInTemplate(template: Json): string | undefined {
  const broken = templateMembers.find((member) => typeof template[member] !== 'object')
  const set = brokenSetIn(object(template.MediaProcessTask) ?? {})
  if (set !== undefined) return `MediaProcessTask.${set}`
  return broken ?? (Number.isNaN(Date.parse(String(template.UpdateTime))) ? 'UpdateTime' : undefined)
}
