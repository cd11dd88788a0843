import type { Json } from '../json.js'
import type { EmulatorSubTask, Template } from '../model.js'
import { aiResults, olderTypesOf } from '../moderation.js'

/** Sets of a MediaProcessTask with the names of their results. `ImageSprites` is plural in Tencent's API. */
const mediaSets = {
  TranscodeTaskSet: { Type: 'Transcode', member: 'TranscodeTask' },
  AnimatedGraphicTaskSet: { Type: 'AnimatedGraphics', member: 'AnimatedGraphicTask' },
  SnapshotByTimeOffsetTaskSet: { Type: 'SnapshotByTimeOffset', member: 'SnapshotByTimeOffsetTask' },
  SampleSnapshotTaskSet: { Type: 'SampleSnapshot', member: 'SampleSnapshotTask' },
  ImageSpriteTaskSet: { Type: 'ImageSprites', member: 'ImageSpriteTask' },
  CoverBySnapshotTaskSet: { Type: 'CoverBySnapshot', member: 'CoverBySnapshotTask' },
  AdaptiveDynamicStreamingTaskSet: {
    Type: 'AdaptiveDynamicStreaming',
    member: 'AdaptiveDynamicStreamingTask',
  },
} as const

/** The sets of a MediaProcessTask. */
export const mediaSetNames = Object.keys(mediaSets) as (keyof typeof mediaSets)[]

/** Returns the sub-tasks of the procedure task that a template asks for. */
export function subTasksOf(body: Template['body']): EmulatorSubTask[] {
  const media = (body.MediaProcessTask ?? {}) as Record<string, Json[] | null>
  const processing = Object.entries(mediaSets).flatMap(([set, { Type, member }]) =>
    (media[set] ?? []).map((Input) => fresh({ set: 'MediaProcessResultSet', Type, member, Input })),
  )
  return [
    ...processing,
    ...asked([body.AiContentReviewTask]).flatMap((Input) =>
      olderTypesOf(Input.Definition).map((of) => fresh({ set: 'AiContentReviewResultSet', ...of, Input })),
    ),
    ...ai('AiAnalysisResultSet', [body.AiAnalysisTask]),
    ...ai('AiRecognitionResultSet', [
      body.AiRecognitionTask,
      ...((body.AiRecognitionTaskSet ?? []) as unknown[]),
    ]),
  ]
}

function ai(set: keyof typeof aiResults, tasks: readonly unknown[]): EmulatorSubTask[] {
  return asked(tasks).flatMap((Input) =>
    aiResults[set].map(({ Type, member, Output }) => ({ ...fresh({ set, Type, member, Input }), Output })),
  )
}

function asked(tasks: readonly unknown[]): Json[] {
  return tasks.filter(
    (task): task is Json => typeof task === 'object' && task !== null && Boolean((task as Json).Definition),
  )
}

function fresh(given: Pick<EmulatorSubTask, 'set' | 'Type' | 'member' | 'Input'>): EmulatorSubTask {
  return {
    ...given,
    Status: 'PROCESSING',
    Progress: 0,
    ErrCodeExt: '',
    ErrCode: 0,
    Message: '',
    Output: null,
    beganAt: 0,
    finishedAt: 0,
  }
}
