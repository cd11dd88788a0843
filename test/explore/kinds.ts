import type { TaskType } from './books.js'
import type { Kind } from './dimensions.js'

/** What a case gives its request. */
export interface Source {
  readonly FileId: string
  readonly MediaUrl: string
  /** Name of the media that are moderated: it decides the verdict of the local VOD. */
  readonly name: string
  readonly SubAppId: number
  readonly SessionContext: string
}

interface StepKind {
  /** The workflow type. */
  readonly step: string
  readonly action: string
  request(source: Source): Readonly<Record<string, unknown>>
  /** The tasks that VOD makes of one request, those of task flows on what it makes included. */
  readonly makes: Readonly<Partial<Record<TaskType, number>>>
}

/** One transcode; and the same with moderation of film and cover, the newer and the older. */
export const templates = {
  one: { MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } },
  two: {
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    AiContentReviewTask: { Definition: 10 },
    ReviewAudioVideoTask: { Definition: 10, ReviewContents: ['Media', 'Cover'] },
  },
}

const shared = ({ SubAppId, SessionContext }: Source) => ({ SubAppId, SessionContext })

function byProcedure(ProcedureName: string): Pick<StepKind, 'step' | 'action' | 'request'> {
  return {
    step: 'processMediaByProcedure',
    action: 'ProcessMediaByProcedure',
    request: (source) => ({ ...shared(source), FileId: source.FileId, ProcedureName }),
  }
}

function pull(flow: object): Pick<StepKind, 'step' | 'action' | 'request'> {
  return {
    step: 'pullUpload',
    action: 'PullUpload',
    request: (source) => ({
      ...shared(source),
      MediaUrl: source.MediaUrl,
      MediaName: source.name,
      ...flow,
    }),
  }
}

export const stepKinds: Readonly<Record<Kind, StepKind>> = {
  processMediaByProcedure: { ...byProcedure('one'), makes: { Procedure: 1 } },
  'processMediaByProcedure+review': {
    ...byProcedure('two'),
    makes: { Procedure: 1, ReviewAudioVideo: 1 },
  },
  processMedia: {
    step: 'processMedia',
    action: 'ProcessMedia',
    request: (source) => ({
      ...shared(source),
      FileId: source.FileId,
      MediaProcessTask: templates.one.MediaProcessTask,
    }),
    makes: { Procedure: 1 },
  },
  pullUpload: { ...pull({}), makes: { PullUpload: 1 } },
  'pullUpload+flow': {
    ...pull({ Procedure: 'two' }),
    makes: { PullUpload: 1, Procedure: 1, ReviewAudioVideo: 1 },
  },
  'editMedia+flow': {
    step: 'editMedia',
    action: 'EditMedia',
    request: (source) => ({
      ...shared(source),
      InputType: 'File',
      FileInfos: [{ FileId: source.FileId }],
      ProcedureName: 'two',
      OutputConfig: { MediaName: source.name },
    }),
    makes: { EditMedia: 1, Procedure: 1, ReviewAudioVideo: 1 },
  },
  'splitMedia+flows': {
    step: 'splitMedia',
    action: 'SplitMedia',
    request: (source) => ({
      ...shared(source),
      FileId: source.FileId,
      Segments: [
        { StartTimeOffset: 0, EndTimeOffset: 2, ProcedureName: 'one' },
        { StartTimeOffset: 2, ProcedureName: 'two', OutputConfig: { MediaName: source.name } },
      ],
    }),
    makes: { SplitMedia: 1, Procedure: 2, ReviewAudioVideo: 1 },
  },
  composeMedia: {
    step: 'composeMedia',
    action: 'ComposeMedia',
    request: (source) => ({
      ...shared(source),
      Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: source.FileId } }] }],
      Output: { FileName: source.name },
    }),
    makes: { ComposeMedia: 1 },
  },
  reviewAudioVideo: {
    step: 'reviewAudioVideo',
    action: 'ReviewAudioVideo',
    request: (source) => ({ ...shared(source), FileId: source.FileId }),
    makes: { ReviewAudioVideo: 1 },
  },
}

export const actions: ReadonlySet<string> = new Set(Object.values(stepKinds).map(({ action }) => action))
