import { ApplicationFailure } from '@temporalio/common'
import type { BatchInput } from '../../contract/batch.js'
import type { OpenedBatch } from '../../contract/batchActivities.js'
import { bytesOf } from '../../contract/json.js'
import { parseBatch } from '../../contract/parse/batch.js'
import { batchTemplateSizeRule } from '../../contract/patterns.js'
import { outputsAskedFor, unseenIn } from '../../vod/doneOutputs.js'
import { taskTypesOf } from '../../vod/templateTasks.js'
import type { ActivityContext } from '../context.js'
import { refused, toFailure, untilUnusable } from '../failure.js'
import { shownTemplate } from '../readTemplateTasks.js'
import { activityInfo, cancellationSignal } from '../sdk.js'

const processAgain = {
  remedy: 'pass skipDone: false, and every item is processed and billed, whatever was done before',
  command: 'pass --no-skip-done, and every item is processed and billed, whatever was done before',
}

/** Checks a batch before anything is started, and refuses one that cannot be processed. */
export function openBatch({ clientFor }: ActivityContext) {
  return async (given: BatchInput): Promise<OpenedBatch> => {
    const { attempt } = activityInfo()
    try {
      const input = parseBatch(given)
      const { account, SubAppId, ProcedureName } = input
      const client = await clientFor(account)
      const signal = cancellationSignal()
      const template = await shownTemplate(client, { SubAppId, ProcedureName }, { signal })
      if (!template) {
        const problem = `this application has no task flow template "${ProcedureName}"`
        throw refused('ProcedureName', problem, 'create it, or check SubAppId')
      }
      const unseen = input.skipDone ? unseenIn(template) : []
      if (unseen.length > 0) {
        const problem = `"${ProcedureName}" asks for ${unseen.join(', ')}, which leaves no trace on a media file`
        throw refused('skipDone', problem, processAgain)
      }
      const { UpdateTime } = template
      const kept = { TaskTypes: taskTypesOf(template), outputs: outputsAskedFor(template), UpdateTime }
      const bytes = bytesOf(kept)
      const { bytes: most, remedy } = batchTemplateSizeRule
      if (bytes > most) {
        const problem = `"${ProcedureName}" has outputs with ${bytes} bytes of names, more than ${most}`
        throw refused('ProcedureName', problem, remedy)
      }
      return { template: kept }
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error
      throw toFailure(error, untilUnusable(error, attempt))
    }
  }
}
