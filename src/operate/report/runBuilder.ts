import type { WorkflowSerializationContext } from '@temporalio/common'
import type { readDeadlineSummary } from '../../contract/gates.js'
import type { GrowingCall } from './calls.js'
import type { Failure, Moment, RunStatus } from './caseFile.js'
import type { EndedItem } from './schemas.js'

type Of<Kind extends Moment['kind']> = Extract<Moment, { kind: Kind }>
type Changing<T> = { -readonly [K in keyof T]: T[K] }

/** A run while its history is read, event by event. */
export interface GrowingRun {
  /** The context in which its payloads were serialized. */
  readonly owner: WorkflowSerializationContext
  status: RunStatus
  startedAt: string
  closedAt?: string
  startedBy: string
  type: string
  input: readonly unknown[]
  result?: unknown
  failure?: Failure
  /** Lines of the timeline, in order. Calls and waits change until they have ended. */
  readonly lines: (Exclude<Moment, { kind: 'call' }> | GrowingCall)[]
  /** Calls by the number of the event that scheduled them, or of their only event. */
  readonly calls: Map<string, GrowingCall>
  /** Items of a batch that reported their end. */
  readonly ends: { readonly at: string; readonly item: EndedItem }[]
  /** Waits by Temporal's id of the timer, with the decision that the timer makes at a review gate. */
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
    ends: [],
    calls: new Map(),
    waits: new Map(),
  }
}
