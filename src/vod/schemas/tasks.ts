import { z } from 'zod'
import { emptyResponse, RequestId, SubAppId, text } from './common.js'
import { FileId, TaskId } from './ids.js'

export const DescribeTaskDetailRequest = z.strictObject({ TaskId, SubAppId: SubAppId.optional() })

/** A time that decides nothing, so a malformed one counts as missing. */
const time = text.catch('')

/** The schema covers only the members that every task has. `toReading` reads the object of the task and accepts any shape. */
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
  /** VOD has no filter for ABORTED. */
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

/** The FinishTime of an unfinished task is empty, zero (year 1) or missing. Samples show all three. */
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

/** VOD ends a list with an empty ScrollToken. After a full page without one, it is unknown whether more tasks follow. */
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
  .transform((page): typeof page & { ScrollToken: string } => ({
    ...page,
    ScrollToken: page.ScrollToken ?? '',
  }))

export const ManageTaskRequest = z.strictObject({
  TaskId,
  OperationType: z.literal('Abort'),
  SubAppId: SubAppId.optional(),
})

export const ManageTaskResponse = emptyResponse
