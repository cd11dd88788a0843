import type { Json } from './json.js'
import type { EmulatorMedia, EmulatorSubTask, EmulatorTask, Template } from './model.js'
import { olderMembers } from './moderation.js'

/* Responses in the form of the real VOD: ISO times, unset objects as null, unset lists as []. */

export function iso(at: number): string {
  return at === 0 ? '' : new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Every member of DescribeTaskDetail that holds a task of some type; all but one are null. */
const detailMembers = [
  'ProcedureTask',
  'EditMediaTask',
  'WechatPublishTask',
  'ComposeMediaTask',
  'SplitMediaTask',
  'WechatMiniProgramPublishTask',
  'PullUploadTask',
  'TranscodeTask',
  'ConcatTask',
  'ClipTask',
  'CreateImageSpriteTask',
  'SnapshotByTimeOffsetTask',
  'RemoveWatermarkTask',
  'RebuildMediaTask',
  'ExtractTraceWatermarkTask',
  'ExtractCopyRightWatermarkTask',
  'ReviewAudioVideoTask',
  'ReduceMediaBitrateTask',
  'DescribeFileAttributesTask',
  'QualityInspectTask',
  'QualityEnhanceTask',
  'ComplexAdaptiveDynamicStreamingTask',
]

export function taskDetail(task: EmulatorTask, file: EmulatorMedia | undefined): Json {
  return {
    TaskType: task.TaskType,
    Status: task.Status,
    CreateTime: iso(task.createdAt),
    BeginProcessTime: iso(task.beganAt),
    FinishTime: iso(task.finishedAt),
    ...Object.fromEntries(detailMembers.map((member) => [member, null])),
    [`${task.TaskType}Task`]: taskBody(task, file),
  }
}

/** Returns the object of a task, which is the same in DescribeTaskDetail and in its event. */
export function taskBody(task: EmulatorTask, file: EmulatorMedia | undefined): Json {
  switch (task.TaskType) {
    case 'Procedure':
      return procedureTask(task, file)
    case 'ReviewAudioVideo':
      return reviewTask(task)
    case 'PullUpload':
      return pullUploadTask(task, file)
    default:
      return editTask(task)
  }
}

function isOver({ Status }: EmulatorTask): boolean {
  return Status === 'FINISH' || Status === 'ABORTED'
}

function procedureTask(task: EmulatorTask, file: EmulatorMedia | undefined): Json {
  const set = (name: EmulatorSubTask['set']) =>
    task.subTasks.filter((sub) => sub.set === name).map(resultItem)
  const failed = task.Status === 'FINISH' && task.subTasks.length === 0
  return {
    TaskId: task.TaskId,
    // A flow's own status has no WAITING and no ABORTED.
    Status: isOver(task) ? 'FINISH' : 'PROCESSING',
    ErrCode: failed ? task.ErrCode : 0,
    Message: failed ? task.Message : 'SUCCESS',
    FileId: task.FileId,
    FileName: file?.Name ?? '',
    FileUrl: file?.MediaUrl ?? '',
    MetaData: file?.MetaData ?? null,
    MediaProcessResultSet: set('MediaProcessResultSet'),
    AiContentReviewResultSet: set('AiContentReviewResultSet'),
    AiAnalysisResultSet: set('AiAnalysisResultSet'),
    AiRecognitionResultSet: set('AiRecognitionResultSet'),
    TasksPriority: task.TasksPriority,
    TasksNotifyMode: task.TasksNotifyMode,
    SessionContext: task.SessionContext,
    SessionId: task.SessionId,
    Operator: '',
    OperationType: '',
  }
}

/** The members of each result for which the real VOD is known to return all of them. */
const resultMembers: Readonly<Partial<Record<EmulatorSubTask['set'], readonly string[]>>> = {
  MediaProcessResultSet: [
    'TranscodeTask',
    'AnimatedGraphicTask',
    'SnapshotByTimeOffsetTask',
    'SampleSnapshotTask',
    'ImageSpriteTask',
    'CoverBySnapshotTask',
    'AdaptiveDynamicStreamingTask',
  ],
  AiContentReviewResultSet: olderMembers,
}

function resultItem(sub: EmulatorSubTask): Json {
  const others = resultMembers[sub.set] ?? []
  return {
    Type: sub.Type,
    ...Object.fromEntries(others.map((member) => [member, null])),
    [sub.member]: {
      Status: sub.Status,
      ErrCodeExt: sub.ErrCodeExt,
      ErrCode: sub.ErrCode,
      Message: sub.Message,
      Progress: sub.Progress,
      BeginProcessTime: iso(sub.beganAt),
      FinishTime: iso(sub.finishedAt),
      Input: sub.Input,
      Output: sub.Output,
    },
  }
}

function reviewTask(task: EmulatorTask): Json {
  return {
    TaskId: task.TaskId,
    Status: isOver(task) ? 'FINISH' : 'PROCESSING',
    ErrCodeExt: task.ErrCodeExt,
    Message: task.Message,
    Input: task.Input,
    Output: task.Output,
    SessionId: task.SessionId,
    SessionContext: task.SessionContext,
  }
}

/** Returns the task of an EditMedia, SplitMedia or ComposeMedia. Each has its own members; unset ones are null. */
function editTask(task: EmulatorTask): Json {
  const { TaskType, Input, Output } = task
  const status = {
    TaskId: task.TaskId,
    Status: isOver(task) ? 'FINISH' : 'PROCESSING',
    ErrCode: task.ErrCode,
    Message: task.Message,
    Progress: isOver(task) ? 100 : 0,
    SessionId: task.SessionId,
    SessionContext: task.SessionContext,
  }
  const { made = [], flows = [] } = (Output ?? {}) as EditOutput
  const [media] = made
  if (TaskType === 'ComposeMedia')
    return { ...status, Input: composeInput(Input), Output: shown(media), MetaData: media?.MetaData ?? null }
  const ErrCodeExt = task.ErrCodeExt
  if (TaskType === 'SplitMedia') {
    const FileInfoSet = made.map((Output, index) => ({
      Input: (Input.Segments as Json[])[index],
      Output: { FileId: Output.FileId, MediaBasicInfo: Output.MediaBasicInfo },
      ...(flows[index] ?? noFlow),
    }))
    return { ...status, ErrCodeExt, FileInfoSet }
  }
  const { InputType, FileInfos } = Input
  return {
    ...status,
    ErrCodeExt,
    Input: { InputType, FileInfoSet: FileInfos, StreamInfoSet: [] },
    Output: shown(media),
    MetaData: media?.MetaData ?? null,
    ...(flows[0] ?? noFlow),
  }
}

function composeInput({ Tracks, Canvas = null, Output }: Json): Json {
  return { Tracks, Canvas, Output }
}

/** Flattens the media file of a task that creates only one. */
function shown(media: Json | undefined): Json | null {
  if (!media) return null
  const { MetaData: _, MediaBasicInfo: __, ...flat } = media
  return flat
}

const noFlow = { ProcedureTaskId: '', ReviewAudioVideoTaskId: '' }

/** The result of an edit, as the local VOD stores it. */
export interface EditOutput {
  readonly made?: readonly (Json & { readonly MetaData: unknown })[]
  readonly flows?: readonly { readonly ProcedureTaskId: string; readonly ReviewAudioVideoTaskId: string }[]
}

/** Returns a new media file in the form that a task returns. */
export function madeMedia(file: EmulatorMedia) {
  return {
    FileType: 'mp4',
    FileId: file.FileId,
    FileUrl: file.MediaUrl,
    MediaName: file.Name,
    ClassId: file.ClassId,
    ExpireTime: file.ExpireTime,
    MetaData: file.MetaData,
    MediaBasicInfo: mediaBasicInfo(file),
  }
}

function pullUploadTask(task: EmulatorTask, file: EmulatorMedia | undefined): Json {
  return {
    TaskId: task.TaskId,
    Status: task.Status === 'FINISH' ? 'FINISH' : 'PROCESSING',
    Progress: task.Status === 'FINISH' ? 100 : 0,
    ErrCode: task.ErrCode,
    Message: task.Message,
    FileId: task.FileId,
    MediaBasicInfo: file ? mediaBasicInfo(file) : null,
    MetaData: file?.MetaData ?? null,
    FileUrl: file?.MediaUrl ?? '',
    ProcedureTaskId: String(task.Output?.ProcedureTaskId ?? ''),
    ReviewAudioVideoTaskId: String(task.Output?.ReviewAudioVideoTaskId ?? ''),
    SessionContext: task.SessionContext,
    SessionId: task.SessionId,
  }
}

export function taskSimpleInfo(task: EmulatorTask): Json {
  return {
    TaskId: task.TaskId,
    Status: task.Status,
    FileId: task.FileId,
    TaskType: task.TaskType,
    CreateTime: iso(task.createdAt),
    BeginProcessTime: iso(task.beganAt),
    FinishTime: task.finishedAt === 0 ? '0001-01-01T00:00:00Z' : iso(task.finishedAt),
    SessionId: task.SessionId,
    SessionContext: task.SessionContext,
  }
}

export function mediaBasicInfo(file: EmulatorMedia): Json {
  return {
    Name: file.Name,
    Description: file.Description,
    CreateTime: iso(file.createdAt),
    UpdateTime: iso(file.updatedAt),
    ExpireTime: file.ExpireTime,
    ClassId: file.ClassId,
    ClassName: 'Other',
    ClassPath: 'Other',
    CoverUrl: file.CoverUrl,
    Type: file.MetaData?.Container ?? '',
    MediaUrl: file.MediaUrl,
    SourceInfo: {
      SourceType: file.SourceType,
      SourceContext: file.SourceContext,
      TrtcRecordInfo: null,
      WebPageRecordInfo: null,
    },
    StorageRegion: 'ap-chongqing',
    TagSet: file.Tags,
    Vid: file.FileId,
    Category: file.MetaData?.VideoStreamSet?.length ? 'Video' : 'Audio',
    Status: 'Normal',
    StorageClass: 'STANDARD',
    StoragePath: file.StoragePath,
  }
}

/** Returns a stored template with every set, including empty ones. */
export function templateItem({ Name, Type, Comment, createdAt, updatedAt, body }: Template): Json {
  const sets = [
    'TranscodeTaskSet',
    'AnimatedGraphicTaskSet',
    'SnapshotByTimeOffsetTaskSet',
    'SampleSnapshotTaskSet',
    'ImageSpriteTaskSet',
    'CoverBySnapshotTaskSet',
    'AdaptiveDynamicStreamingTaskSet',
  ]
  const given = (body.MediaProcessTask ?? {}) as Json
  return {
    Name,
    Type,
    Comment,
    MediaProcessTask: Object.fromEntries(sets.map((set) => [set, given[set] ?? []])),
    AiContentReviewTask: body.AiContentReviewTask ?? null,
    AiAnalysisTask: body.AiAnalysisTask ?? null,
    AiRecognitionTaskSet: body.AiRecognitionTaskSet ?? [],
    AiRecognitionTask: body.AiRecognitionTask ?? null,
    MiniProgramPublishTask: null,
    ReviewAudioVideoTask: body.ReviewAudioVideoTask ?? null,
    ImportMediaKnowledgeTaskSet: body.ImportMediaKnowledgeTaskSet ?? [],
    CreateTime: iso(createdAt),
    UpdateTime: iso(updatedAt),
  }
}
