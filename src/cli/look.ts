import { VodflowError } from '../client/errors.js'
import type { GateView, Run, StepProgress, Vodflow } from '../client/index.js'
import { shellWord } from '../shellWord.js'
import { type SubmitQueue, stoppedText } from '../temporal/submits.js'
import { libraryType } from '../vod/library.js'
import { stepTypes } from '../vod/runNames.js'
import { howDecided } from '../workflows/gates/contract.js'
import { messageOf } from './words.js'

/** What can be seen of a run in one look. */
export interface Look {
  readonly steps: readonly StepProgress[]
  readonly gates: readonly GateView[]
  /** Child workflows that have not ended: their steps and gates are theirs. */
  readonly children: readonly { readonly workflowId: string; readonly type: string }[]
  /** The queue in which a submit of it waits because an operator has stopped it. */
  readonly stopped?: SubmitQueue
  /** Why nothing more can be said. */
  readonly problem?: string
}

/** Asks the worker of a run. A worker that does not answer is a finding, not a failure of the command. */
export async function lookAt(vodflow: Vodflow, run: Run<unknown>): Promise<Look> {
  const { whyStuck } = await import('../client/askWorker.js')
  const { stoppedFor } = await import('../temporal/submits.js')
  const { client } = vodflow
  const described = await client.workflow
    .getHandle(run.workflowId)
    .describe()
    .catch(() => undefined)
  const children = (described?.raw.pendingChildren ?? []).map((child) => ({
    workflowId: child.workflowId ?? '',
    type: child.workflowTypeName ?? '',
  }))
  // A query would wait for an answer that cannot come.
  const waits = described?.raw.pendingWorkflowTask && !described.closeTime
  const stuck = described && waits ? await whyStuck(client, described).catch(() => undefined) : undefined
  if (stuck) return { steps: [], gates: [], children, problem: messageOf(stuck) }
  // Both are awaited, also when one fails: a connection that is closed under a call throws where nothing catches it.
  const [steps, gates, held] = await Promise.allSettled([
    run.steps(),
    vodflow.gates(run.workflowId),
    described ? stoppedFor(client, described) : undefined,
  ])
  const stopped = held.status === 'fulfilled' && held.value ? { stopped: held.value } : {}
  if (steps.status === 'fulfilled' && gates.status === 'fulfilled')
    return { steps: steps.value, gates: gates.value, children, ...stopped }
  const { reason } = [steps, gates].find((each) => each.status === 'rejected') as PromiseRejectedResult
  if (!(reason instanceof VodflowError)) throw reason
  return { steps: [], gates: [], children, problem: messageOf(reason) }
}

const width = 30

/** A line for each step and gate. A run of one step needs no name for it. */
export function linesOf({ workflowId, type }: Pick<Run, 'workflowId' | 'type'>, look: Look): string[] {
  const named = !stepTypes.includes(type) || look.steps.length !== 1
  return [
    ...look.steps.map((step) => stepLine(step, named)),
    ...otherLines({ workflowId, type }, look),
    ...(look.problem === undefined ? [] : [`  ${look.problem}`]),
  ]
}

/** Gates, and where to look for what is not part of the run itself. */
export function otherLines(
  { workflowId, type }: Pick<Run, 'workflowId' | 'type'>,
  { gates = [], children = [], stopped }: Partial<Look>,
): string[] {
  return [
    ...(stopped ? [`  ${stoppedText(stopped)}`] : []),
    ...gates.map((gate) => `  ${gateText(workflowId, gate)}`),
    ...children.map(
      (child) => `  waits for the child workflow ${child.type}: vodflow watch ${shellWord(child.workflowId)}`,
    ),
    ...(type === libraryType ? [`  a batch: vodflow batch report ${shellWord(workflowId)}`] : []),
  ]
}

function stepLine({ key, phase, percent, tasks, outcome, problem }: StepProgress, named: boolean): string {
  const done = Math.round((percent / 100) * width)
  const bar = `${'#'.repeat(done)}${'.'.repeat(width - done)}`
  const each = tasks.map(({ TaskType, Status }) => `${TaskType} ${Status}`).join(', ')
  const ended = problem ?? (named ? outcome?.status : undefined)
  return [
    `  [${bar}] ${String(percent).padStart(3)} %  ${phase}${each === '' ? '' : `: ${each}`}`,
    ...(ended === undefined ? [] : [ended]),
    ...(named ? [`(${key})`] : []),
  ].join('  ')
}

/** A gate, and how to decide at it while it waits. */
export function gateText(workflowId: string, view: GateView): string {
  const { gate, status, Suggestion, Label, deadline, onDeadline, decision } = view
  if (decision) return `gate "${gate}" ${decision.decision} ${howDecided(decision)}`
  if (status !== 'open') return `gate "${gate}" is ${status}`
  const says = Suggestion === '' ? 'no verdict' : `VOD says ${Suggestion} ${Label}`.trimEnd()
  const command = `${shellWord(workflowId)} --gate ${shellWord(gate)} --reason "..."`
  return `gate "${gate}" waits for a person (${says}), ${onDeadline} automatically at ${deadline}: vodflow approve ${command}, or vodflow reject`
}
