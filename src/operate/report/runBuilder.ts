import type { WorkflowSerializationContext } from '@temporalio/common'
import type { readDeadlineSummary } from '../../contract/gates.js'
import type { GrowingCall } from './calls.js'
import type { Failure, Moment, RunStatus } from './caseFile.js'

type Of<Kind extends Moment['kind']> = Extract<Moment, { kind: Kind }>
type Changing<T> = { -readonly [K in keyof T]: T[K] }

/** A run while its history is read, event by event. */
export interface GrowingRun {
  /** Whose its payloads are. */
  readonly owner: WorkflowSerializationContext
  status: RunStatus
  startedAt: string
  closedAt?: string
  startedBy: string
  type: string
  input: readonly unknown[]
  result?: unknown
  failure?: Failure
  /** In order. A call and a wait change until they are over. */
  readonly lines: (Exclude<Moment, { kind: 'call' }> | GrowingCall)[]
  /** By the number of the event that scheduled them, or was all there is of them. */
  readonly calls: Map<string, GrowingCall>
  /** By Temporal's id of the timer, with the decision at a review gate that it makes. */
  readonly waits: Map<
    string,
    { readonly wait: Changing<Of<'wait'>>; readonly decides: ReturnType<typeof readDeadlineSummary> }
  >
}

export function newRun(source: { readonly namespace: string; readonly workflowId: string }): GrowingRun {
  const { namespace, workflowId } = source
  return {
    owner: { type: 'workflow', namespace, workflowId },
    status: 'running',
    startedAt: '',
    startedBy: '',
    type: '',
    input: [],
    lines: [],
    calls: new Map(),
    waits: new Map(),
  }
}
