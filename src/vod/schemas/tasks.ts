import { z } from 'zod'
import { emptyResponse, RequestId, SubAppId, text } from './common.js'
import { FileId, TaskId } from './ids.js'

export const DescribeTaskDetailRequest = z.strictObject({ TaskId, SubAppId: SubAppId.optional() })

/** No end is read from it: what cannot be read is as good as none. */
const time = text.catch('')

/** The object of the task is read by `toReading`, which is total: here only what every task has is relied on. */
export const DescribeTaskDetailResponse = z.looseObject({
  TaskType: z.string().min(1),
  Status: z.string().min(1),
  CreateTime: time,
  BeginProcessTime: time,
  FinishTime: time,
  ...RequestId,
})

const TimeRange = z.strictObject({ After: z.string().optional(), Before: z.string().optional() })

const maxPage = 100

export const DescribeTasksRequest = z.strictObject({
  SubAppId: SubAppId.optional(),
  /** ABORTED cannot be filtered. */
  Status: z.enum(['WAITING', 'PROCESSING', 'FINISH']).optional(),
  FileId: FileId.optional(),
  CreateTime: TimeRange.optional(),
  FinishTime: TimeRange.optional(),
  Sort: z
    .strictObject({ Field: z.enum(['CreateTime', 'FinishTime']), Order: z.enum(['Asc', 'Desc']) })
    .optional(),
  Limit: z.int().min(1).max(maxPage).optional(),
  ScrollToken: z.string().optional(),
})

/** A task that goes on has an empty, a zero (year 1) or no FinishTime: samples show all three. */
export const TaskSimpleInfo = z.looseObject({
  TaskId: z.string(),
  Status: z.string(),
  FileId: text,
  TaskType: z.string(),
  CreateTime: text,
  BeginProcessTime: text,
  FinishTime: text,
  SessionId: text,
  SessionContext: text,
})

/** VOD ends a list with an empty ScrollToken: a full page without one says nothing of what follows. */
export const DescribeTasksResponse = z
  .looseObject({
    TaskSet: z.array(TaskSimpleInfo).nullable(),
    ScrollToken: z.string().nullish(),
    ...RequestId,
  })
  .refine(({ TaskSet, ScrollToken }) => typeof ScrollToken === 'string' || (TaskSet ?? []).length < maxPage, {
    path: ['ScrollToken'],
    error: 'is missing on a full page',
  })
  .transform((page) => ({
    ...page,
    TaskSet: page.TaskSet ?? [],
    /** False of a `TaskSet` of null, which VOD does not document. */
    hasList: page.TaskSet !== null,
    ScrollToken: page.ScrollToken ?? '',
  }))

export const ManageTaskRequest = z.strictObject({
  TaskId,
  OperationType: z.literal('Abort'),
  SubAppId: SubAppId.optional(),
})

export const ManageTaskResponse = emptyResponse
