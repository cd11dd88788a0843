import { isDefinition } from './json.js'
import { countsOf, type Outcome, type TaskPart } from './outcome.js'

/** A submission that repeats the failed parts, so that no successful part is billed again. */
export type Repair =
  /** `ProcessMedia` with only these sub-tasks. */
  | { readonly kind: 'parts'; readonly FileId: string; readonly MediaProcessTask: MediaProcessTask }
  /** The whole request again, because nothing succeeded. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'none' }

/** Tencent's MediaProcessTaskInput: sets of inputs. */
export type MediaProcessTask = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** The Types of sub-tasks, and their sets in a MediaProcessTaskInput. The plural `ImageSprites` is Tencent's. */
export const setOf: Readonly<Record<string, string>> = {
  Transcode: 'TranscodeTaskSet',
  AnimatedGraphics: 'AnimatedGraphicTaskSet',
  SnapshotByTimeOffset: 'SnapshotByTimeOffsetTaskSet',
  SampleSnapshot: 'SampleSnapshotTaskSet',
  ImageSprites: 'ImageSpriteTaskSet',
  CoverBySnapshot: 'CoverBySnapshotTaskSet',
  AdaptiveDynamicStreaming: 'AdaptiveDynamicStreamingTaskSet',
}

/**
 * The errors of sub-tasks that may pass (Tencent, "Media Processing Error Codes"). For `InternalError`, Tencent says "try
 * again", and a source may become reachable later. A repair of any other error would fail and be billed again.
 */
const worthIt: readonly string[] = ['InternalError', 'SourceFileError.DownloadNotAccessible']

/** The largest number of attempts of one run, including the first. */
export const maxAttempts = 3

/**
 * Decides how to repair an outcome. All of its tasks must have ended with a known result. Otherwise a repair could be done and billed
 * twice.
 */
export function repairOf({ status, tasks, FileId }: Pick<Outcome, 'status' | 'tasks' | 'FileId'>): Repair {
  if (!hasFailedParts(status)) return { kind: 'none' }
  // A part that was cut cannot be repaired, and the whole request must not be repeated.
  if (tasks.some((task) => task.truncated || task.parts.length !== sum(countsOf(task))))
    return { kind: 'none' }
  const parts = tasks.flatMap((task) => task.parts)
  if (status === 'failed' && parts.length > 0 && parts.every(isWorthIt)) return { kind: 'whole' }
  const repairable = tasks.filter((task) => task.parts.some(isRepairable))
  // A split has a task flow on each segment, but a ProcessMedia is for one media file.
  const files = new Set(repairable.map((task) => task.FileId ?? FileId))
  const [file] = files
  if (files.size !== 1 || file === undefined) return { kind: 'none' }
  const MediaProcessTask: Record<string, Readonly<Record<string, unknown>>[]> = {}
  for (const { Type, Input } of parts.filter(isRepairable)) {
    const set = setOf[Type] as string
    MediaProcessTask[set] = [...(MediaProcessTask[set] ?? []), Input as Readonly<Record<string, unknown>>]
  }
  return { kind: 'parts', FileId: file, MediaProcessTask }
}

/** Returns true for a failed part whose error may pass and whose Input has a Definition: without one, the Input asks for nothing. */
export function isRepairable(part: TaskPart): boolean {
  return mayBeRepaired(part) && isDefinition(part.Input?.Definition)
}

/** Returns a sentence with the parts that are not repaired because VOD does not show their request, or an empty text. */
export function notRepaired({ status, tasks }: Pick<Outcome, 'status' | 'tasks'>): string {
  if (!hasFailedParts(status)) return ''
  const parts = tasks
    .flatMap((task) => task.parts)
    .filter((part) => mayBeRepaired(part) && !isRepairable(part))
  if (parts.length === 0) return ''
  const names = parts.slice(0, maxNamed).map(({ Type, Definition }) => [Type, Definition].join(' ').trim())
  const more = parts.length > maxNamed ? [`${parts.length - maxNamed} more`] : []
  return `Not repaired, because VOD does not show exactly what was asked for: ${[...names, ...more].join(', ')}.`
}

/** The largest number of parts in a reason. */
const maxNamed = 5

function hasFailedParts(status: Outcome['status']): boolean {
  return status === 'partial' || status === 'failed'
}

function mayBeRepaired(part: TaskPart): boolean {
  return isWorthIt(part) && Object.hasOwn(setOf, part.Type)
}

function isWorthIt({ status, ErrCodeExt = '' }: TaskPart): boolean {
  return status === 'failed' && worthIt.includes(ErrCodeExt)
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
