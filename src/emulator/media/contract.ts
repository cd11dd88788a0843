/** Tencent's MediaMetaData, the metadata of a source. */
export type MediaMetaData =
  import('tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js').MediaMetaData

export type SubTaskType =
  | 'Transcode'
  | 'AnimatedGraphics'
  | 'SnapshotByTimeOffset'
  | 'SampleSnapshot'
  | 'ImageSprites'
  | 'CoverBySnapshot'
  | 'AdaptiveDynamicStreaming'

/** One sub-task, ready to run. */
export interface SubTaskJob {
  readonly Type: SubTaskType
  /** Tencent's `*TaskInput`. */
  readonly Input: Readonly<Record<string, unknown>>
  /** Path of the source. */
  readonly source: string
  /** Absolute path of a folder that exists. */
  readonly outDir: string
  /** URL of `outDir`, without a trailing slash. */
  readonly baseUrl: string
  onProgress(percent: number): void
  readonly signal: AbortSignal
}

/** Tencent's output structure for the type, with URLs below `baseUrl`. */
export interface SubTaskOutput {
  readonly Output: Readonly<Record<string, unknown>>
}

/** A part of a media file, in seconds. */
export interface Piece {
  readonly source: string
  readonly from: number
  /** Default: the end of the source. */
  readonly to?: number | undefined
}

export interface JoinOptions {
  readonly path: string
  readonly signal: AbortSignal
}

/** Probes and processes media. */
export interface MediaToolbox {
  /** @throws SubTaskFailure with a `SourceFileError` code. */
  probe(path: string): Promise<MediaMetaData>
  /** @throws SubTaskFailure */
  run(job: SubTaskJob): Promise<SubTaskOutput>
  /** Joins these pieces, in order, into one MP4. @throws SubTaskFailure */
  join(pieces: readonly Piece[], options: JoinOptions): Promise<void>
}

/** Returns the number that Tencent keeps for old clients ("Error codes of sub-tasks"). */
function legacyCode(ErrCodeExt: string): number {
  if (ErrCodeExt.startsWith('SourceFileError')) return 60_000
  return ErrCodeExt.startsWith('InvalidInput') ? 40_000 : 70_000
}

/** A sub-task failed with one of the documented codes. Clients see the message, so it must not contain paths of this machine. */
export class SubTaskFailure extends Error {
  override readonly name = 'SubTaskFailure'
  readonly ErrCode: number

  constructor(
    readonly ErrCodeExt: string,
    message: string,
  ) {
    super(message)
    this.ErrCode = legacyCode(ErrCodeExt)
  }
}
