import { canonicalJson } from '../../contract/canonicalJson.js'

export interface TemplateDifference {
  /** Path of the field, e.g. `MediaProcessTask.TranscodeTaskSet.0.Definition`. */
  readonly field: string
  /** As JSON; `nothing` when it is absent. */
  readonly atVod: string
  readonly inFile: string
}

/** What a person chooses; names, times and the like are VOD's. */
const compared = [
  'Comment',
  'MediaProcessTask',
  'AiContentReviewTask',
  'AiAnalysisTask',
  'AiRecognitionTask',
  'AiRecognitionTaskSet',
  'ReviewAudioVideoTask',
  'ImportMediaKnowledgeTaskSet',
]

/** Only what the file says, or VOD has and the file has not. VOD fills what was not asked for with empty values: no difference. */
export function differencesOf(atVod: object, inFile: object): TemplateDifference[] {
  const there = leaves(Object.fromEntries(Object.entries(atVod).filter(([name]) => compared.includes(name))))
  const wanted = leaves(
    Object.fromEntries(Object.entries(inFile).filter(([name]) => compared.includes(name))),
  )
  const fields = [...new Set([...there.keys(), ...wanted.keys()])].sort()
  return fields
    .filter((field) => there.get(field) !== wanted.get(field))
    .map((field) => ({ field, atVod: there.get(field) ?? 'nothing', inFile: wanted.get(field) ?? 'nothing' }))
}

function leaves(value: unknown, path = ''): Map<string, string> {
  if (value === null || value === undefined || value === '' || value === 0) return new Map()
  if (typeof value !== 'object') return new Map([[path, canonicalJson(value)]])
  const parts = Object.entries(value).flatMap(([name, of]) => [
    ...leaves(of, path === '' ? name : `${path}.${name}`),
  ])
  return new Map(parts)
}
