import { arrayFromPayloads } from '@temporalio/common'
import { deprecatePatch, type WorkflowInternalsInterceptor, workflowInfo } from '@temporalio/workflow'
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js'
import { isOurs } from '../../contract/runNames.js'
import { noteUnreadable } from './unread.js'

type ActivateInput = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]
type Job = NonNullable<ActivateInput['activation']['jobs']>[number]
type Signal = NonNullable<Job['signalWorkflow']>

/** The number of vodflow's signals that this run has received. Each workflow has its own module state: see the inbox. */
let received = 0

/**
 * Removes and notes vodflow's signals that the data converter cannot read. Anyone with access to the namespace can send one, and Temporal's
 * SDK would fail every workflow task. Nothing is lost, because such a signal only triggers a read.
 *
 * @returns the markers that `recordIgnored` must write, because a later worker may have the key and would otherwise act on the signal in a
 *   replay, so that the history would not fit the code.
 */
export function withoutUnreadable(input: ActivateInput): {
  readonly readable: ActivateInput
  readonly ignored: readonly string[]
} {
  const { activation } = input
  const ignored: string[] = []
  const isTaken = ({ signalWorkflow }: Job) => {
    if (!signalWorkflow || !isOurs(signalWorkflow.signalName)) return true
    received++
    const marker = `vodflow.ignored/${received}`
    const problem = problemOf(signalWorkflow, marker)
    if (problem === undefined) return true
    noteUnreadable(signalWorkflow.signalName ?? '', problem)
    ignored.push(marker)
    return false
  }
  const jobs = activation.jobs?.filter(isTaken)
  const readable =
    ignored.length === 0 ? input : { ...input, activation: { ...activation, jobs } as typeof activation }
  return { readable, ignored }
}

/**
 * Writes the markers. Temporal has no other record that a replay reads before it delivers the signals of a workflow task. The deprecated
 * form lets a worker of an earlier version, which writes none, replay the history.
 */
export function recordIgnored(ignored: readonly string[]): void {
  for (const marker of ignored) deprecatePatch(marker)
}

function problemOf({ input }: Signal, marker: string): string | undefined {
  const activator = getActivator()
  const { namespace, workflowId } = workflowInfo()
  try {
    // Temporal's SDK exposes the payload converter of a workflow nowhere else.
    arrayFromPayloads(activator.payloadConverter, input, { type: 'workflow', namespace, workflowId })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  // `patched` would also answer, but write the marker here, before the commands that it follows in the history.
  const { knownPresentPatches } = activator as unknown as {
    readonly knownPresentPatches: ReadonlySet<string>
  }
  return knownPresentPatches.has(marker) ? 'the worker could not read it when it arrived' : undefined
}
