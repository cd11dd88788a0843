import { activityInfo, cancellationSignal } from '@temporalio/activity'
import type { TemplateName, TemplateTasks } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { lackingInTemplate, reviewOf, taskTypesOf } from '../vod/templateTasks.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'

/** Returns the types of task that a submission with this template makes. */
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
      const lacking = lackingInTemplate(template)
      if (lacking !== undefined) throw incomplete(lacking)
      return {
        known: true,
        TaskTypes: taskTypesOf(template),
        review: reviewOf(template),
        changedAt: Date.parse(template.UpdateTime),
      }
    } catch (error) {
      throw toFailure(error, { attempt })
    }
  }
}

function incomplete(member: string): VodError {
  return new VodError({
    action: 'DescribeProcedureTemplates',
    code: 'ClientError.BadResponse',
    problem: `the template has no ${member}`,
  })
}
