import { arrayFromPayloads } from '@temporalio/common'
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js'
import { isOurs } from './isOurs.js'
import { ownHandlerOf } from './signals.js'

type Activator = ReturnType<typeof getActivator>
type Signal = Parameters<Activator['signalWorkflow']>[0]

/**
 * Passes vodflow's signals to their handlers directly. Temporal's SDK makes a dozen promises for each signal and keeps a stack trace of
 * each. A replay of a flood of junk then takes longer than a workflow task may, and the run stands still (measured,
 * docs/decisions/0045-a-flood-of-signals.md).
 *
 * Signals that the data converter cannot read are dropped. Anyone with access to the namespace can send one, and Temporal's SDK would fail
 * every workflow task. Nothing is lost, because such a signal only triggers a read.
 */
export function deliverSignalsDirectly(): void {
  const activator = getActivator()
  const deliver = activator.signalWorkflow.bind(activator)
  activator.signalWorkflow = (signal) => {
    const { signalName } = signal
    if (!isOurs(signalName)) return deliver(signal)
    const read = payloadsOf(signal, activator)
    if (!read) return
    const handler = ownHandlerOf(signalName)
    if (handler && activator.signalHandlers.get(signalName)?.handler === handler) handler(read[0])
    else deliver(signal)
  }
}

function payloadsOf({ input }: Signal, { payloadConverter, info }: Activator): unknown[] | undefined {
  const { namespace, workflowId } = info
  try {
    // Temporal's SDK exposes the payload converter of a workflow nowhere else.
    return arrayFromPayloads(payloadConverter, input, { type: 'workflow', namespace, workflowId })
  } catch {
    return undefined
  }
}
