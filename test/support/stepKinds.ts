import type { StepName } from './tree.js'

/** A step of some kind on a media file: what it asks for, and how many tasks VOD makes. */
interface Kind {
  readonly step: StepName
  readonly action: string
  readonly request: (FileId: string, endpoint: string) => object
  readonly tasks: number
  /** No listing shows its task: an event alone tells of it. */
  readonly unlisted?: true
}

export const stepKinds = {
  ProcessMediaByProcedure: {
    step: 'processMediaByProcedure',
    action: 'ProcessMediaByProcedure',
    request: (FileId) => ({ FileId, ProcedureName: 'two' }),
    tasks: 2,
  },
  ProcessMedia: {
    step: 'processMedia',
    action: 'ProcessMedia',
    request: (FileId) => ({ FileId, MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }),
    tasks: 1,
  },
  ReviewAudioVideo: {
    step: 'reviewAudioVideo',
    action: 'ReviewAudioVideo',
    request: (FileId) => ({ FileId, ReviewContents: ['Media'] }),
    tasks: 1,
  },
  EditMedia: {
    step: 'editMedia',
    action: 'EditMedia',
    request: (FileId) => ({ InputType: 'File', FileInfos: [{ FileId }] }),
    tasks: 1,
  },
  PullUpload: {
    step: 'pullUpload',
    action: 'PullUpload',
    request: (FileId, endpoint) => ({ MediaUrl: `${endpoint}/${FileId}.mp4`, MediaName: 'pulled' }),
    tasks: 1,
  },
  SplitMedia: {
    step: 'splitMedia',
    action: 'SplitMedia',
    request: (FileId) => ({ FileId, Segments: [{ StartTimeOffset: 0, EndTimeOffset: 1 }] }),
    tasks: 1,
    unlisted: true,
  },
  ComposeMedia: {
    step: 'composeMedia',
    action: 'ComposeMedia',
    request: (FileId) => ({
      Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: FileId } }] }],
      Output: { FileName: 'film', Container: 'mp4' },
    }),
    tasks: 1,
    unlisted: true,
  },
} as const satisfies Record<string, Kind>

export type StepKind = keyof typeof stepKinds
