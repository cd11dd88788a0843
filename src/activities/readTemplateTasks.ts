import type { TemplateName, TemplateTasks } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { flowPartsOf } from '../contract/flowParts.js'
import type { VodClient, VodRequestOptions } from '../vod/client.js'
import type { ListedTemplate } from '../vod/responses.js'
import { lackingInTemplate, reviewOf, taskTypesOf } from '../vod/templateTasks.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { activityInfo, cancellationSignal } from './sdk.js'

/** Returns the types of task that a submission with this template makes. */
export function readTemplateTasks({ clientFor }: ActivityContext) {
  return async ({ account, SubAppId, ProcedureName }: TemplateName): Promise<TemplateTasks> => {
    const { attempt } = activityInfo()
    try {
      const client = await clientFor(account)
      return await templateTasks(client, { SubAppId, ProcedureName }, { signal: cancellationSignal() })
    } catch (error) {
      throw toFailure(error, { attempt })
    }
  }
}

/** Reads the types of task that a template makes. @throws VodError as {@link shownTemplate} does. */
export async function templateTasks(...asked: Parameters<typeof shownTemplate>): Promise<TemplateTasks> {
  const template = await shownTemplate(...asked)
  if (!template) return { known: false, TaskTypes: [] }
  return {
    known: true,
    TaskTypes: taskTypesOf(template),
    flowParts: flowPartsOf(template),
    review: reviewOf(template),
    changedAt: Date.parse(template.UpdateTime),
  }
}

/**
 * Reads a template. Returns undefined if VOD does not have it.
 *
 * @throws VodError also if the template lacks a required member.
 */
export async function shownTemplate(
  client: VodClient,
  { SubAppId, ProcedureName }: Omit<TemplateName, 'account'>,
  options: VodRequestOptions,
): Promise<ListedTemplate | undefined> {
  const request = { Names: [ProcedureName], SubAppId }
  const { ProcedureTemplateSet } = await client.call('DescribeProcedureTemplates', request, options)
  const template = ProcedureTemplateSet.find(({ Name }) => Name === ProcedureName)
  const lacking = template && lackingInTemplate(template)
  if (lacking !== undefined) throw incomplete(lacking)
  return template
}

function incomplete(member: string): VodError {
  return new VodError({
    action: 'DescribeProcedureTemplates',
    code: 'ClientError.BadResponse',
    problem: `the template has no ${member}`,
  })
}
