import type { GateView, Vodflow } from 'vodflow'

/** The gates that wait, for a page: each has its evidence, and the media that a decision is about. */
export async function openGates(vodflow: Vodflow, workflowId: string): Promise<GateView[]> {
  return (await vodflow.gates(workflowId)).filter(({ status }) => status === 'open')
}

/** Approves one gate, of which the person has seen the evidence: no later run of the workflow takes the decision. */
export function approve(vodflow: Vodflow, workflowId: string, seen: GateView, by: string, reason: string) {
  const { gate, runId } = seen
  return vodflow.decide(workflowId, { gate, runId, decision: 'approved', by, reason })
}
