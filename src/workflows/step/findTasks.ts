import { taskKinds } from '../../contract/actions.js'
import type {
  PullSearchResult,
  TaskSearch,
  TaskSearchResult,
  TemplateTasks,
} from '../../contract/activities.js'
import { isTerminal, type TaskReading } from '../../contract/outcome.js'
import { malformed } from '../unchecked.js'
import { app, type CallAddress, call } from './calls.js'
import { fieldsOf, isInstant, isReading, isTasks, isTexts } from './results.js'
import { missingOf, namesAll, type WantedTasks } from './search.js'
import type { SearchEffect, SearchResult } from './state.js'
import { ownSessionId } from './submit.js'

/** Finds the tasks of a send whose answer does not name them. */
export async function findTasks(address: CallAddress, search: SearchEffect): Promise<SearchResult> {
  const { found, made, template } = search
  switch (found) {
    case 'listing': {
      const wanted =
        template === undefined ? { TaskTypes: made } : await templateTasks(address, search, template)
      if (namesAll(search, wanted)) return { tasks: [], missing: [] }
      return list(address, search, wanted)
    }
    case 'media': {
      const reading = await findPulled(address, search)
      if (!reading) return { tasks: [], missing: made }
      if (template === undefined) return { tasks: [], missing: [], reading }
      const wanted = await templateTasks(address, search, template)
      return { ...(await list(address, search, wanted, reading)), reading }
    }
    case 'none':
      return { tasks: [], missing: made }
  }
}

/** @param pulled - the media file whose tasks are listed, if it is not the one in the request */
async function list(
  address: CallAddress,
  search: SearchEffect,
  { TaskTypes, changedAt }: WantedTasks,
  pulled?: TaskReading,
): Promise<SearchResult> {
  const { priority, settleMs } = search
  const of: Partial<TaskSearch> = pulled
    ? { FileId: pulled.FileId, startedWith: pulled.CreateTime }
    : { FileId: search.FileId || undefined }
  const summary = 'the answer is missing: which tasks did the request create?'
  const describeTasks = call(address, 'DescribeTasks', { summary, priority })
  const listing = await describeTasks({
    ...searchOf(address, search),
    ...of,
    expected: TaskTypes.filter((TaskType) => taskKinds[TaskType]?.listed),
    changedAt,
    settleMs,
  })
  const { tasks } = fieldsOf<TaskSearchResult>(listing)
  if (!isTasks(tasks)) throw malformed('DescribeTasks')
  return { tasks, missing: missingOf({ tasks }, TaskTypes) }
}

async function findPulled(address: CallAddress, search: SearchEffect): Promise<TaskReading | undefined> {
  const summary = 'the answer is missing: which media file did the request create?'
  const options = { summary, priority: search.priority }
  const found = await call(address, 'findPulled', options)(searchOf(address, search))
  const { reading } = fieldsOf<PullSearchResult>(found)
  if (reading !== undefined && !(isReading(reading) && isTerminal(reading.Status)))
    throw malformed('findPulled')
  return reading
}

function searchOf(
  address: CallAddress,
  { send, SessionId = ownSessionId(address, send), search }: SearchEffect,
) {
  return { ...app(address), SessionId, ...search }
}

async function templateTasks(
  address: CallAddress,
  { priority, templateMs: limitMs }: SearchEffect,
  ProcedureName: string,
): Promise<WantedTasks> {
  const summary = `which tasks does ${ProcedureName} make?`
  const readTemplate = call(address, 'readTemplateTasks', { summary, priority, limitMs })
  try {
    const template = await readTemplate({ ...app(address), ProcedureName })
    const { TaskTypes, changedAt } = fieldsOf<TemplateTasks>(template)
    return {
      TaskTypes: isTexts(TaskTypes) ? TaskTypes : [],
      ...(isInstant(changedAt) ? { changedAt } : {}),
    }
  } catch {
    return { TaskTypes: [] }
  }
}
