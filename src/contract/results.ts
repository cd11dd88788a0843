import type { OtherTask, ReviewRequest, SweepResult, TemplateTasks, UploadTasks } from './activities.js'
import type { Ids } from './batchActivities.js'
import {
  atMost,
  type Check,
  flag,
  having,
  list,
  number,
  optional,
  type SizeRule,
  text,
  whole,
} from './check.js'
import { batchTemplate, count, cursor, FileId, instant, ownList, ownText } from './inputs.js'
import type { StartedTask } from './outcome.js'
import { anyTextRule, batchTemplateSizeRule, classIdRule, isIsoTime, placeRule } from './patterns.js'
import { type ConfirmedMedia, mostUploadTasks } from './upload.js'

/*
 * Checks of the results of activities, which anyone with access to the namespace can forge. They bound the size of a result, because a
 * workflow keeps it. Another version may have written a result, so it may have other members.
 */

function bytes(most: number): SizeRule {
  return { bytes: most, remedy: 'return less' }
}

/** The check of the template that a batch keeps. */
export const openedTemplate = atMost(batchTemplateSizeRule, batchTemplate)

/** The largest number of ids in one page: a piece of a file with ids of one character. */
const idsOfPage = { most: 8_192, remedy: 'return fewer ids' }
/** VOD lists at most 100 media in one page. */
const oddOfPage = { ...placeRule, most: 100 }

/** The check of a page of ids. A search keeps up to 100 ids of 64 characters in its cursor. */
export const idsRead = having<Ids>({
  FileIds: atMost(bytes(50_000), list(FileId, idsOfPage)),
  odd: optional(whole(oddOfPage)),
  cursor: optional(atMost(bytes(50_000), cursor)),
  total: optional(count),
})

export const sweepResult = having<SweepResult>({ newest: instant, tasks: count, hinted: count })

const isoTime: Check<string> = function* (value) {
  yield* ownText(value)
  if (typeof value === 'string' && !isIsoTime(value))
    yield { field: '', problem: 'is not a time', remedy: 'return ISO 8601' }
}

const anyText = text(anyTextRule)

/** The check of the description of an uploaded file. */
export const confirmedMedia = atMost(
  bytes(20_000),
  having<ConfirmedMedia>({
    FileId,
    Name: anyText,
    ClassId: number(classIdRule),
    Category: anyText,
    StoragePath: optional(anyText),
    SourceContext: optional(anyText),
    CreateTime: isoTime,
  }),
)

const startedTask = having<StartedTask>({ TaskId: ownText, TaskType: ownText })
const otherTask = having<OtherTask>({ TaskId: ownText, TaskType: ownText, workflowId: optional(anyText) })
const tasksOfFile = { most: mostUploadTasks, remedy: 'return fewer tasks' }

/** The check of the tasks of an uploaded file. */
export const startedByUpload = atMost(
  bytes(200_000),
  having<UploadTasks>({
    tasks: list(startedTask, tasksOfFile),
    others: optional(list(otherTask, tasksOfFile)),
  }),
)

/** The check of the tasks that a template makes. */
export const templateTasks = atMost(
  bytes(50_000),
  having<Pick<TemplateTasks, 'known' | 'TaskTypes' | 'flowParts' | 'review'>>({
    known: flag,
    TaskTypes: list(ownText, ownList),
    flowParts: optional(list(anyText, { most: 1_000, remedy: 'return fewer' })),
    review: optional(
      having<ReviewRequest>({ Definition: number(classIdRule), contents: list(ownText, ownList) }),
    ),
  }),
)
