import type { GateView, Vodflow } from 'vodflow'

/** The gates that wait, for a page: each has its evidence, and the media that a decision is about. */
export async function openGates(vodflow: Vodflow, workflowId: string): Promise<GateView[]> {
  return (await vodflow.gates(workflowId)).filter(({ status }) => status === 'open')
}

/** Approves one gate: a person has seen its evidence. */
export function approve(vodflow: Vodflow, workflowId: string, gate: string, by: string, reason: string) {
  return vodflow.decide(workflowId, { gate, decision: 'approved', by, reason })
}
