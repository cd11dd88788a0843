import type { GateView, Vodflow } from 'vodflow'

/** Returns the gates that wait, each with its evidence and the media to decide on. */
export async function openGates(vodflow: Vodflow, workflowId: string): Promise<GateView[]> {
  return (await vodflow.gates(workflowId)).filter(({ status }) => status === 'open')
}

/** Approves a gate whose evidence the person has seen. A later run of the workflow refuses the decision. */
export function approve(vodflow: Vodflow, workflowId: string, seen: GateView, by: string, reason: string) {
  const { gate, runId } = seen
  return vodflow.decide(workflowId, { gate, runId, decision: 'approved', by, reason })
}
