import type { Json } from '../contract/json.js'

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

/** A definition is what makes a task; a media process task is a record of sets of such. */
function asksForSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(asksForSomething)
  if (typeof value !== 'object' || value === null) return false
  const { Definition, ...rest } = value as Json
  return (
    (typeof Definition === 'number' && Definition !== 0) ||
    Object.values(rest).some((set) => Array.isArray(set) && asksForSomething(set))
  )
}
