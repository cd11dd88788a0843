import type { TemplateName, TemplateTasks } from '../contract/activities.js'
import type { VodError } from '../contract/errors.js'
import { flowPartsOf } from '../contract/flowParts.js'
import type { VodClient, VodRequestOptions } from '../vod/client.js'
import { incompleteAnswer } from '../vod/incompleteAnswer.js'
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
 * Reads a template. Returns undefined if VOD does not have it, which only an empty list next to a TotalCount of 0 says.
 *
 * @throws VodError also if the answer neither shows the template nor says that there is none, or if the template lacks a required member.
 */
export async function shownTemplate(
  client: VodClient,
  { SubAppId, ProcedureName }: Omit<TemplateName, 'account'>,
  options: VodRequestOptions,
): Promise<ListedTemplate | undefined> {
  const request = { Names: [ProcedureName], SubAppId }
  const answer = await client.call('DescribeProcedureTemplates', request, options)
  const { ProcedureTemplateSet: shown, TotalCount } = answer
  const template = shown.find(({ Name }) => Name === ProcedureName)
  if (!template && (shown.length > 0 || TotalCount !== 0))
    throw incomplete(
      `${shown.length} templates of TotalCount ${TotalCount}, and not the one that was asked for`,
    )
  const lacking = template && lackingInTemplate(template)
  if (lacking !== undefined) throw incomplete(`the template has no ${lacking}`)
  return template
}

function incomplete(problem: string): VodError {
  return incompleteAnswer('DescribeProcedureTemplates', problem)
}
