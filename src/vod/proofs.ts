import { type TaskKind, taskKinds } from '../contract/actions.js'
import { isName, object } from '../contract/json.js'

/*
 * The members that prove a success. VOD's status alone proves nothing: without the member that a user relies on, the answer is
 * incomplete.
 */

/**
 * The member of its Output that proves a result, for each Type and for each set with many Types. `null` means that a success has no
 * Output. The Output of any other result has at least one member; recognition that found nothing has an empty list there.
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

/** Returns the member that the Output of a success lacks, e.g. `Output.Url`, or undefined if it is complete. */
export function lackingIn(output: unknown, ...kinds: readonly string[]): string | undefined {
  const kind = kinds.find((each) => Object.hasOwn(proofs, each))
  const proof = kind === undefined ? undefined : proofs[kind]
  if (proof === null) return undefined
  const Output = object(output) ?? {}
  if (proof === undefined) return Object.entries(Output).some(isSaid) ? undefined : 'Output'
  return isShown(Output[proof]) ? undefined : `Output.${proof}`
}

/** Returns the member that proves the success of a whole task. */
export function proofOf(TaskType: string): string {
  const kind: TaskKind | undefined = taskKinds[TaskType]
  if (kind?.makes === 'itself') return 'FileId'
  if (kind?.makes === 'FileInfoSet') return 'FileInfoSet'
  if (TaskType === 'ImportMediaKnowledge') return 'ErrCode'
  const proof = proofs[TaskType]
  return proof ? `Output.${proof}` : 'Output'
}

/** VOD writes null both for an empty list and for a missing value. */
function isSaid([member, value]: readonly [string, unknown]): boolean {
  if (value === null || value === undefined) return member.endsWith('Set')
  return typeof value !== 'string' || isName(value)
}

/** Returns true for a text, and for a list whose items are all texts or have a Url. */
function isShown(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((item) => isShown(object(item)?.Url ?? item))
  return isName(value)
}
