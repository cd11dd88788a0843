import { isDefinition } from './json.js'
import { countsOf, type Outcome, type TaskPart } from './outcome.js'

/** What to submit so that what failed is done after all, and nothing that succeeded is paid for again. */
export type Repair =
  /** `ProcessMedia` with these sub-tasks only. */
  | { readonly kind: 'parts'; readonly FileId: string; readonly MediaProcessTask: MediaProcessTask }
  /** Nothing succeeded: the whole request once more. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'none' }

/** Tencent's MediaProcessTaskInput: sets of inputs. */
export type MediaProcessTask = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** A sub-task's Type, and the set of a MediaProcessTaskInput that it is asked for in. `ImageSprites` is plural: Tencent's word. */
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
 * Errors of sub-tasks that may pass (Tencent, "Media Processing Error Codes"): for `InternalError` it says "try
 * again", and a source may be within reach later. All others would fail, and cost, once more.
 */
const worthIt: readonly string[] = ['InternalError', 'SourceFileError.DownloadNotAccessible']

/** Attempts of one run at most, the first included. */
export const maxAttempts = 3

/**
 * Decides how to repair. Only an outcome in which every task has ended can be: while a sibling goes on, or nobody
 * knows how it ended, anything sent now might be done, and paid, twice.
 */
export function repairOf({ status, tasks, FileId }: Pick<Outcome, 'status' | 'tasks' | 'FileId'>): Repair {
  if (!hasFailedParts(status)) return { kind: 'none' }
  // What was cut cannot be repaired, and must not be done as a whole.
  if (tasks.some((task) => task.truncated || task.parts.length !== sum(countsOf(task))))
    return { kind: 'none' }
  const parts = tasks.flatMap((task) => task.parts)
  if (status === 'failed' && parts.length > 0 && parts.every(isWorthIt)) return { kind: 'whole' }
  const repairable = tasks.filter((task) => task.parts.some(isRepairable))
  // A split has a task flow on each piece: one ProcessMedia is for one media file.
  const files = new Set(repairable.map((task) => task.FileId || FileId))
  const [file = ''] = files
  if (files.size !== 1 || file === '') return { kind: 'none' }
  const MediaProcessTask: Record<string, Readonly<Record<string, unknown>>[]> = {}
  for (const { Type, Input } of parts.filter(isRepairable)) {
    const set = setOf[Type] as string
    MediaProcessTask[set] = [...(MediaProcessTask[set] ?? []), Input as Readonly<Record<string, unknown>>]
  }
  return { kind: 'parts', FileId: file, MediaProcessTask }
}

/** Failed, in a way that may pass, and VOD shows what was asked for: without a Definition, an Input asks for nothing. */
export function isRepairable(part: TaskPart): boolean {
  return mayBeRepaired(part) && isDefinition(part.Input?.Definition)
}

/** Names the parts that are not repaired because VOD does not show what was asked for; empty where there is none. */
export function notRepaired({ status, tasks }: Pick<Outcome, 'status' | 'tasks'>): string {
  if (!hasFailedParts(status)) return ''
  const parts = tasks
    .flatMap((task) => task.parts)
    .filter((part) => mayBeRepaired(part) && !isRepairable(part))
  if (parts.length === 0) return ''
  const names = parts.slice(0, maxNamed).map(({ Type, Definition }) => [Type, Definition].join(' ').trim())
  const more = parts.length > maxNamed ? [`${parts.length - maxNamed} more`] : []
  return `Not repaired, because VOD does not show unmistakably what was asked for: ${[...names, ...more].join(', ')}.`
}

/** Parts that a reason names. */
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
