import { z } from 'zod'
import type { Context } from '../context.js'
import { msOf } from '../duration.js'
import type { EmulatorTask } from '../model.js'
import { parse, SubAppId } from '../request.js'
import { taskDetail, taskSimpleInfo } from '../responses.js'
import { hour } from '../time.js'
import { ApiError } from '../wire/apiError.js'

/** Only tasks of the last 72 hours are visible. */
const windowMs = 72 * hour

const DetailRequest = z.strictObject({ TaskId: z.string(), SubAppId })

export function describeTaskDetail(context: Context, given: unknown) {
  const request = parse(DetailRequest, given)
  const task = visibleTask(context, request)
  if (!task) {
    throw new ApiError(context.switches.oldTaskCode, 'The task does not exist, or is older than 3 days.')
  }
  return taskDetail(lagging(context, task), context.media.get(task.FileId))
}

/** The detail may lag behind the event that announced the end. */
function lagging({ clock, switches }: Context, task: EmulatorTask): EmulatorTask {
  const { detailLag, reviewWithoutFinishTime } = switches
  if (task.Status === 'FINISH' && clock.now() - task.finishedAt < msOf(detailLag))
    return { ...task, Status: 'PROCESSING', finishedAt: 0 }
  return task.TaskType === 'ReviewAudioVideo' && reviewWithoutFinishTime ? { ...task, finishedAt: 0 } : task
}

const time = z.string().refine((text) => text === '' || Number.isFinite(Date.parse(text)), 'not an ISO time')
const TimeRange = z.strictObject({ After: time.optional(), Before: time.optional() })

const ListRequest = z.strictObject({
  SubAppId,
  Status: z.enum(['WAITING', 'PROCESSING', 'FINISH']).optional(),
  FileId: z.string().optional(),
  CreateTime: TimeRange.optional(),
  FinishTime: TimeRange.optional(),
  Sort: z
    .strictObject({ Field: z.enum(['CreateTime', 'FinishTime']), Order: z.enum(['Asc', 'Desc']) })
    .optional(),
  Limit: z.int().min(1).max(100).default(10),
  ScrollToken: z.string().default(''),
})

/** DescribeTasks does not list PullUpload (nor SplitMedia, ComposeMedia, ImportMediaKnowledge). */
const listedTypes: readonly string[] = ['Procedure', 'EditMedia', 'ReviewAudioVideo']

export function describeTasks(context: Context, given: unknown) {
  const request = parse(ListRequest, given)
  const { clock, switches, tasks, defaultSubAppId } = context
  const app = request.SubAppId ?? defaultSubAppId
  const now = clock.now()
  const listed = (task: EmulatorTask) => {
    const lag = task.TaskType === 'ReviewAudioVideo' ? switches.reviewListingLag : switches.listingLag
    const age = now - task.createdAt
    return listedTypes.includes(task.TaskType) && task.SubAppId === app && age >= msOf(lag) && age < windowMs
  }
  const field = request.Sort?.Field === 'FinishTime' ? 'finishedAt' : 'createdAt'
  const order = request.Sort?.Order === 'Asc' ? 1 : -1
  const matching = tasks
    .all()
    .filter((task) => !request.FileId || task.FileId === request.FileId)
    .filter(listed)
    .map((task) => lagging(context, task))
    .filter((task) => !request.Status || task.Status === request.Status)
    .filter(
      (task) => within(task.createdAt, request.CreateTime) && within(task.finishedAt, request.FinishTime),
    )
    .sort((one, other) => order * (one[field] - other[field]) || (one.TaskId < other.TaskId ? -1 : 1))
  const from = positionOf(request.ScrollToken)
  const page = matching.slice(from, from + request.Limit)
  const next =
    from + page.length < matching.length
      ? Buffer.from(`scroll:${from + page.length}`).toString('base64url')
      : ''
  return { TaskSet: page.map((task) => taskSimpleInfo(task)), ScrollToken: next }
}

function within(
  at: number,
  range: { After?: string | undefined; Before?: string | undefined } | undefined,
): boolean {
  const after = range?.After ? Date.parse(range.After) : Number.NEGATIVE_INFINITY
  const before = range?.Before ? Date.parse(range.Before) : Number.POSITIVE_INFINITY
  return at >= after && at <= before
}

function positionOf(ScrollToken: string): number {
  if (ScrollToken === '') return 0
  const position = /^scroll:(\d+)$/.exec(Buffer.from(ScrollToken, 'base64url').toString())?.[1]
  if (position === undefined)
    throw new ApiError('InvalidParameterValue', 'The value of parameter `ScrollToken` is not valid.')
  return Number(position)
}

const ManageRequest = z.strictObject({ TaskId: z.string(), OperationType: z.string(), SubAppId })

export function manageTask(context: Context, given: unknown) {
  const request = parse(ManageRequest, given)
  if (request.OperationType !== 'Abort') {
    throw new ApiError('InvalidParameterValue.InvalidOperationType', 'The operation type is invalid.')
  }
  const task = visibleTask(context, request)
  if (!task) throw new ApiError('InvalidParameterValue.TaskId', 'The task does not exist.')
  if (!context.scheduler.abort(task))
    throw new ApiError('FailedOperation', 'Only a waiting task can be aborted.')
  return {}
}

function visibleTask(
  context: Context,
  { TaskId, SubAppId }: { TaskId: string; SubAppId?: number | undefined },
): EmulatorTask | undefined {
  const task = context.tasks.get(TaskId)
  const app = SubAppId ?? context.defaultSubAppId
  return task && task.SubAppId === app && context.clock.now() - task.createdAt < windowMs ? task : undefined
}
