import { arrayFromPayloads } from '@temporalio/common'
import { type WorkflowInternalsInterceptor, workflowInfo } from '@temporalio/workflow'
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js'

/** Names of vodflow's signals, updates and queries begin so. */
export function isOurs(name: unknown): boolean {
  return typeof name === 'string' && name.startsWith('vodflow.')
}

type ActivateInput = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]
type Job = NonNullable<ActivateInput['activation']['jobs']>[number]

/**
 * The same without signals of vodflow that the data converter cannot read. Anybody with access to the namespace can send one, and
 * Temporal's SDK would fail the workflow task again and again. Each says only that something may be looked at.
 */
export function withoutUnreadable(input: ActivateInput): ActivateInput {
  const { activation } = input
  const jobs = activation.jobs?.filter((job) => !isUnreadable(job))
  if (!jobs || jobs.length === activation.jobs?.length) return input
  return { ...input, activation: { ...activation, jobs } as typeof activation }
}

function isUnreadable({ signalWorkflow }: Job): boolean {
  if (!isOurs(signalWorkflow?.signalName)) return false
  const { namespace, workflowId } = workflowInfo()
  try {
    // Temporal's SDK shows a workflow its payload converter nowhere else.
    arrayFromPayloads(getActivator().payloadConverter, signalWorkflow?.input, {
      type: 'workflow',
      namespace,
      workflowId,
    })
    return false
  } catch {
    return true
  }
}
