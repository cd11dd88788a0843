import { type TaskKind, taskKinds } from '../contract/actions.js'
import { isName, object } from '../contract/json.js'

/*
 * What shows that a success has made something. VOD's word alone is no success: without the member that a user relies on, part of the
 * answer is missing.
 */

/**
 * Member of its Output by which a result is known, for each Type, and for each set whose Types are many. `null`: its success has no
 * Output. Every other result has an Output with at least one member; recognition that has found nothing has an empty list there.
 */
const proofs: Readonly<Record<string, string | null>> = {
  Transcode: 'Url',
  AnimatedGraphics: 'Url',
  SnapshotByTimeOffset: 'PicInfoSet',
  SampleSnapshot: 'ImageUrlSet',
  ImageSprites: 'ImageUrlSet',
  CoverBySnapshot: 'CoverUrl',
  AdaptiveDynamicStreaming: 'Url',
  ComplexAdaptiveDynamicStreamingTaskResultSet: 'Url',
  AiContentReviewResultSet: 'Suggestion',
  ReviewAudioVideo: 'Suggestion',
  EditMedia: 'FileId',
  ComposeMedia: 'FileId',
  SplitMedia: 'FileId',
  ImportMediaKnowledge: null,
}

/** The member that the Output of a success lacks, e.g. `Output.Url`; undefined where it lacks none. */
export function lackingIn(output: unknown, ...kinds: readonly string[]): string | undefined {
  const kind = kinds.find((each) => Object.hasOwn(proofs, each))
  const proof = kind === undefined ? undefined : proofs[kind]
  if (proof === null) return undefined
  const Output = object(output) ?? {}
  if (proof === undefined) return Object.entries(Output).some(isSaid) ? undefined : 'Output'
  return isShown(Output[proof]) ? undefined : `Output.${proof}`
}

/** Where a whole task shows that it has succeeded. */
export function proofOf(TaskType: string): string {
  const kind: TaskKind | undefined = taskKinds[TaskType]
  if (kind?.makes === 'itself') return 'FileId'
  if (kind?.makes === 'FileInfoSet') return 'FileInfoSet'
  if (TaskType === 'ImportMediaKnowledge') return 'ErrCode'
  const proof = proofs[TaskType]
  return proof ? `Output.${proof}` : 'Output'
}

/** VOD writes null for a list in which nothing stands, and for what is not there. */
function isSaid([member, value]: readonly [string, unknown]): boolean {
  if (value === null || value === undefined) return member.endsWith('Set')
  return typeof value !== 'string' || isName(value)
}

/** A text; of a list every item, by itself or by its Url. */
function isShown(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((item) => isShown(object(item)?.Url ?? item))
  return isName(value)
}
