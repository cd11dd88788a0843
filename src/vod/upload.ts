import type { GivenDelays } from './stepInput.js'

/** What the upload rule shares between the callback service and its workflow. No zod here: workflows import this file. */

/** Workflow type of an upload. A contract: it never changes. */
export const uploadType = 'processUpload'

/** Which uploads are meant: all that is named must fit the media file as VOD itself describes it. */
export interface UploadMatch {
  readonly namePrefix?: string
  readonly storagePathPrefix?: string
  /** SourceContext of the upload, which the app chose. */
  readonly sourceContextPrefix?: string
  readonly ClassIds?: readonly number[]
  /** `Video`, `Audio`, `Image`. Default `['Video']`. */
  readonly Categories?: readonly string[]
}

/** What is done with an upload: a procedure of VOD, or a workflow of yours, which is given an {@link UploadedMedia}. */
export type UploadWork =
  | { readonly ProcedureName: string; readonly onPartial?: 'accept' | 'fail' | 'repair' }
  | { readonly workflowType: string; readonly taskQueue: string }

/** What is done with which uploads. Plain JSON. */
export interface UploadRuleInput {
  /**
   * Tells rules apart that take the same uploads: each then has a run of its own for a file. Part of the workflow id. Default
   * `default`.
   */
  readonly name?: string
  readonly SubAppId?: number
  /** Default `default`. */
  readonly account?: string
  readonly match?: UploadMatch
  readonly work: UploadWork
  readonly events?: boolean
  readonly delays?: GivenDelays
}

/** What a run of `processUpload` is given. Plain JSON. */
export interface UploadInput extends UploadRuleInput {
  readonly FileId: string
}

/** A media file that VOD has confirmed. */
export interface UploadedMedia {
  readonly FileId: string
  readonly SubAppId?: number
  readonly account: string
  readonly Name: string
  readonly ClassId: number
  readonly Category: string
  readonly StoragePath: string
  readonly SourceContext: string
}

/** `ignored`: nothing is to be done, and why. */
export type ConfirmedUpload =
  | { readonly kind: 'confirmed'; readonly media: UploadedMedia }
  | { readonly kind: 'ignored'; readonly reason: string }

export function uploadIdOf({ FileId, SubAppId, account = 'default', name = 'default' }: UploadInput): string {
  return `upload/${name}/${SubAppId ?? `account:${account}`}/${FileId}`
}
