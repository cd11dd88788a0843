import type { Vodflow } from 'vodflow'

export async function approve(vodflow: Vodflow, workflowId: string, by: string, reason: string) {
  for (const { gate, status, evidence } of await vodflow.gates(workflowId)) {
    if (status !== 'open') continue
    console.log(evidence)
    await vodflow.decide(workflowId, { gate, decision: 'approved', by, reason })
  }
}
