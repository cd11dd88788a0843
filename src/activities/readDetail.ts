import type { ReadInput } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import type { Json } from '../contract/json.js'
import { countsOf, type TaskReading } from '../contract/outcome.js'
import type { AskedProcedures } from '../contract/procedures.js'
import { second } from '../contract/time.js'
import type { VodClient } from '../vod/client.js'
import { toReading } from '../vod/reading.js'
import { templateTasks } from './readTemplateTasks.js'
import { cancellationSignal } from './sdk.js'

/**
 * Converts the detail of a task to a reading. A task flow with a review and without a Procedure task only moderates, or is shown
 * incompletely. Its template decides which, and is read only in this case.
 */
export async function readDetail(
  client: VodClient,
  { TaskId, SubAppId, flows, procedures, asked, maxBytes }: ReadInput,
  detail: Json,
): Promise<TaskReading> {
  const reading = toReading(TaskId, detail, { flows, asked, maxBytes })
  const unknown = countsOf(reading).unknown
  if (unknown === 0 || !procedures) return reading
  const read = (procedureTasks: number) =>
    toReading(TaskId, detail, { flows, procedureTasks, asked, maxBytes })
  if (countsOf(read(0)).unknown === unknown) return reading
  return read(
    await procedureTasks(client, procedures, { SubAppId, createdAt: Date.parse(reading.CreateTime ?? '') }),
  )
}

interface MadeWith {
  readonly SubAppId: number | undefined
  /** The time at which VOD made the task that starts the flows, in ms since the epoch. */
  readonly createdAt: number
}

/**
 * Returns the number of task flows with a Procedure task. A template that VOD does not have, or that has changed since, counts as having
 * one.
 *
 * @throws VodError if the template cannot be read. The activity is retried, as after an error of its first call.
 */
async function procedureTasks(
  client: VodClient,
  procedures: AskedProcedures,
  made: MadeWith,
): Promise<number> {
  const counts = await Promise.all(
    Object.entries(procedures).map(async ([ProcedureName, count]) => {
      const moderates = await onlyModerates(client, ProcedureName, made).catch(unlessNoTemplate)
      return moderates ? 0 : count
    }),
  )
  return counts.reduce((total, count) => total + count, 0)
}

/** The codes for a name that no template has. It is UNVERIFIED whether VOD uses one of them or returns an empty list. */
const noTemplateCodes: readonly string[] = ['InvalidParameterValue.Names', 'ResourceNotFound']

function unlessNoTemplate(error: unknown): false {
  if (error instanceof VodError && noTemplateCodes.includes(error.vodCode)) return false
  throw error
}

/** The timeout of the second call. The first call has used a part of the activity's time. */
const timeout = 5 * second

async function onlyModerates(
  client: VodClient,
  ProcedureName: string,
  { SubAppId, createdAt }: MadeWith,
): Promise<boolean> {
  const {
    known,
    TaskTypes,
    changedAt = Number.NaN,
  } = await templateTasks(client, { SubAppId, ProcedureName }, { signal: cancellationSignal(), timeout })
  // Both times are VOD's, in seconds.
  return known && !TaskTypes.includes('Procedure') && changedAt < createdAt
}
