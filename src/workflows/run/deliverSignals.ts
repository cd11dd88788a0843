import { arrayFromPayloads } from '@temporalio/common'
import { deprecatePatch } from '@temporalio/workflow'
import { isOurs } from '../../contract/runNames.js'
import type { Activator } from './activator.js'
import { ownHandlerOf } from './signals.js'
import { noteUnreadable } from './unread.js'

type Signal = Parameters<Activator['signalWorkflow']>[0]

/** Ignored signals with a marker. Each marker is one event, and a flood would write thousands, which no workflow task replays in time. */
const maxMarkers = 100

/** The number of vodflow's signals that this run has received. Each workflow has its own module state: see the inbox. */
let received = 0
/** The number of signals with a marker. */
let marked = 0
/** The markers that this activation must write. */
let unwritten: string[] = []

/**
 * Passes vodflow's signals to their handlers directly. Temporal's SDK makes a dozen promises for each signal and keeps a stack trace of
 * each. A replay of a flood of junk then takes longer than a workflow task may, and the run stands still (measured,
 * docs/decisions/0045-a-flood-of-signals.md).
 *
 * Signals that the data converter cannot read are ignored and noted. Anyone with access to the namespace can send one, and Temporal's SDK
 * would fail every workflow task. Nothing is lost, because such a signal only triggers a read. A later worker may have the key and would
 * act on the signal in a replay, so that the history would not fit the code: see {@link recordIgnored}.
 *
 * Temporal's documented interceptors see a signal only after its payload was converted, so this uses members that a version may change.
 */
export function deliverSignalsDirectly(activator: Activator): void {
  const deliver = activator.signalWorkflow.bind(activator)
  activator.signalWorkflow = (signal) => {
    const { signalName } = signal
    if (!isOurs(signalName)) return deliver(signal)
    received++
    const marker = `vodflow.ignored/${received}`
    const read = readSignal(signal, activator, marker)
    if ('problem' in read) {
      noteUnreadable(signalName, read.problem)
      if (marked++ < maxMarkers) unwritten.push(marker)
      return
    }
    const handler = ownHandlerOf(signalName)
    if (handler && activator.signalHandlers.get(signalName)?.handler === handler) handler(read.payloads[0])
    else deliver(signal)
  }
}

/**
 * Writes the markers of the first {@link maxMarkers} signals that were ignored. Temporal has no other record that a replay reads before it
 * delivers the signals of a workflow task. The deprecated form lets a worker of an earlier version, which writes none, replay the history.
 */
export function recordIgnored(): void {
  for (const marker of unwritten) deprecatePatch(marker)
  unwritten = []
}

function readSignal(
  { input }: Signal,
  activator: Activator,
  marker: string,
): { readonly payloads: readonly unknown[] } | { readonly problem: string } {
  // `patched` would also answer, but write the marker here, before the commands that it follows in the history.
  if (activator.knownPresentPatches.has(marker))
    return { problem: 'the worker could not read it when it arrived' }
  const { namespace, workflowId } = activator.info
  try {
    // Temporal's SDK exposes the payload converter of a workflow nowhere else.
    const context = { type: 'workflow', namespace, workflowId } as const
    return { payloads: arrayFromPayloads(activator.payloadConverter, input, context) ?? [] }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
