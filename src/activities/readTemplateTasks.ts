import { activityInfo, cancellationSignal } from '@temporalio/activity'
import type { TemplateName, TemplateTasks } from '../contract/activities.js'
import { reviewOf, taskTypesOf } from '../vod/templateTasks.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'

/** Which tasks a submission with this template makes. */
export function readTemplateTasks({ clientFor }: ActivityContext) {
  return async ({ account, SubAppId, ProcedureName }: TemplateName): Promise<TemplateTasks> => {
    const { attempt } = activityInfo()
    try {
      const client = await clientFor(account)
      const request = { Names: [ProcedureName], SubAppId }
      const { ProcedureTemplateSet } = await client.call('DescribeProcedureTemplates', request, {
        signal: cancellationSignal(),
      })
      const template = ProcedureTemplateSet.find(({ Name }) => Name === ProcedureName)
      if (!template) return { known: false, TaskTypes: [] }
      const changedAt = Date.parse(template.UpdateTime)
      return {
        known: true,
        TaskTypes: taskTypesOf(template),
        review: reviewOf(template),
        ...(Number.isNaN(changedAt) ? {} : { changedAt }),
      }
    } catch (error) {
      throw toFailure(error, { attempt })
    }
  }
}
