import type { Context } from '../context.js'
import { newTaskId } from '../ids.js'
import type { EmulatorMedia, EmulatorTask, TaskType, Template } from '../model.js'
import { subTasksOf } from './subTasks.js'

export interface SubmitOptions {
  readonly TasksPriority: number
  readonly TasksNotifyMode: string
  readonly SessionContext: string
  readonly SessionId: string
}

/** Creates the tasks that a template asks for: a procedure, a review, both or none. */
export function submitProcedure(
  context: Context,
  { file, body, options }: { file: EmulatorMedia; body: Template['body']; options: SubmitOptions },
) {
  const subTasks = subTasksOf(body)
  const review = body.ReviewAudioVideoTask as
    | { Definition?: number; ReviewContents?: string[] }
    | null
    | undefined
  const fresh = (TaskType: TaskType, given: Partial<EmulatorTask>): string => {
    const task = newTask(context, { file, TaskType, options, given })
    context.scheduler.enqueue(task)
    return task.TaskId
  }
  const ReviewContents = review?.ReviewContents?.length ? review.ReviewContents : ['Media']
  const Input = { FileId: file.FileId, Definition: review?.Definition, ReviewContents }
  touch(context, file)
  return {
    TaskId: subTasks.length > 0 ? fresh('Procedure', { subTasks }) : '',
    ReviewAudioVideoTaskId: review?.Definition ? fresh('ReviewAudioVideo', { Input }) : '',
  }
}

/** Updates the UpdateTime of a media file, as a start of processing does. */
export function touch({ media, clock }: Context, { FileId }: EmulatorMedia): void {
  const file = media.get(FileId)
  if (file) media.put(FileId, { ...file, updatedAt: clock.now() })
}

interface NewTask {
  readonly file: EmulatorMedia | undefined
  /** The sub-app of a task without a single media file. */
  readonly SubAppId?: number
  readonly TaskType: TaskType
  readonly options: SubmitOptions
  readonly given?: Partial<EmulatorTask>
}

export function newTask(
  context: Context,
  { file, SubAppId: app, TaskType, options, given = {} }: NewTask,
): EmulatorTask {
  const SubAppId = file?.SubAppId ?? app ?? context.defaultSubAppId
  const { TasksPriority, TasksNotifyMode, SessionContext, SessionId } = options
  return {
    TaskId: newTaskId(SubAppId, TaskType),
    TaskType,
    SubAppId,
    FileId: file?.FileId ?? '',
    Status: 'WAITING',
    createdAt: context.clock.now(),
    beganAt: 0,
    finishedAt: 0,
    SessionId: TaskType === 'ReviewAudioVideo' && context.switches.reviewWithoutSessionId ? '' : SessionId,
    SessionContext,
    TasksPriority,
    TasksNotifyMode,
    subTasks: [],
    Input: {},
    Output: null,
    ErrCodeExt: '',
    ErrCode: 0,
    Message: '',
    ...given,
  }
}
