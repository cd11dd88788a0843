import { VodflowError } from '../base/vodflowError.js'
import { NoWorkerError, RunPausedError, WorkflowTaskFailingError } from '../client/errors.js'
import type { FailingActivity, GateView, RunHandle, RunLook, StepProgress } from '../client/index.js'
import { RunError } from '../client/runErrors.js'
import { shellWord } from '../client/shellWord.js'
import type { StuckReason } from '../client/stuckRuns.js'
import { batchType } from '../contract/batch.js'
import { howDecided } from '../contract/gates.js'
import type { UnreadSignals } from '../contract/progress.js'
import { stepTypes } from '../contract/runNames.js'
import { commandText } from '../operate/report/commandText.js'
import { stoppedText } from '../temporal/submits.js'
import { messageOf } from './messageOf.js'
import { endText, phaseText, timeOf } from './print.js'

/** The state of a run at one look, with its problems in words. */
export interface RunLookText extends Omit<RunLook, 'problem'> {
  /** Why the run cannot continue as it is. */
  readonly problem?: string
  /** Why its worker or Temporal could not be queried. It says nothing about the run. */
  readonly unanswered?: string
  /** The problem, for programs. */
  readonly stuck?: { readonly reason: StuckReason; readonly remedy: string }
}

/** Queries the worker of a run. A worker that does not answer is a finding, not a failure of the command. */
export async function lookAt(run: RunHandle<unknown>): Promise<RunLookText> {
  try {
    const { problem, ...seen } = await run.look()
    return { ...seen, ...(problem ? inWords(problem) : {}) }
  } catch (error) {
    if (error instanceof VodflowError) return { steps: [], gates: [], children: [], ...inWords(error) }
    throw error
  }
}

/** Returns a `problem` if the run failed or cannot continue, or `unanswered` if its state is unknown. */
export function inWords(error: VodflowError): Pick<RunLookText, 'problem' | 'unanswered' | 'stuck'> {
  const ofTheRun = [RunError, RunPausedError, WorkflowTaskFailingError, NoWorkerError].some(
    (kind) => error instanceof kind,
  )
  if (!ofTheRun) return { unanswered: messageOf(error) }
  const reason = reasonOf(error)
  return {
    problem: messageOf(error),
    ...(reason ? { stuck: { reason, remedy: error.inCommands.remedy } } : {}),
  }
}

function reasonOf(error: VodflowError): StuckReason | undefined {
  if (error instanceof NoWorkerError) return error.details.reason
  if (error instanceof RunPausedError) return 'paused'
  return error instanceof WorkflowTaskFailingError ? 'workflowTaskFails' : undefined
}

const width = 30

/** Returns a line for each step and gate. Omits the key of the step in a run of one step. */
export function linesOf(
  { workflowId, type }: Pick<RunHandle, 'workflowId' | 'type'>,
  look: RunLookText,
): string[] {
  const named = !stepTypes.includes(type) || look.steps.length !== 1
  return [
    ...look.steps.map((step) => stepLine(step, named)),
    ...otherLines({ workflowId, type }, look),
    ...problemLines(look),
  ]
}

/** Returns the lines that say why the state is bad or unknown. */
export function problemLines({
  problem,
  problemSince,
  unanswered,
}: Pick<RunLookText, 'problem' | 'problemSince' | 'unanswered'>): string[] {
  return [
    ...[problem, unanswered].flatMap((why) => (why === undefined ? [] : [`  ${why}`])),
    ...(problemSince ? [`  its workflow task has been waiting since ${timeOf(problemSince)}`] : []),
  ]
}

/** Returns the lines for stopped submits, failing activities, gates, child workflows and batches. */
export function otherLines(
  { workflowId, type }: Pick<RunHandle, 'workflowId' | 'type'>,
  { gates = [], children = [], failing = [], stopped, unread }: Partial<RunLookText>,
): string[] {
  return [
    ...(stopped ? [`  ${stoppedText(stopped)}`] : []),
    ...failing.map((each) => `  ${failingText(each)}`),
    ...(unread ? [`  ${unreadText(unread)}`] : []),
    ...gates.map((gate) => `  ${gateText(workflowId, gate)}`),
    ...children.map(
      (child) => `  waits for the child workflow ${child.type}: ${commandText('watch', child.workflowId)}`,
    ),
    ...(type === batchType ? [`  a batch: ${commandText('batch report', workflowId)}`] : []),
  ]
}

function unreadText({ count, problem }: UnreadSignals): string {
  const signals = count === 1 ? 'a signal that it could not read' : `${count} signals that it could not read`
  return `ignored ${signals}: ${problem}; vodflow doctor compares the keys`
}

function failingText({ activity, attempt, problem, ...next }: FailingActivity): string {
  return `the activity ${activity} fails: ${problem} (attempt ${attempt}); it is ${nextText(next)}`
}

function nextText({ paused, nextTry }: Pick<FailingActivity, 'paused' | 'nextTry'>): string {
  if (paused) return 'paused'
  return nextTry === undefined ? 'being tried now' : `tried again at ${timeOf(nextTry)}`
}

function stepLine({ key, phase, percent, tasks, outcome, problem }: StepProgress, named: boolean): string {
  const done = Math.round((percent / 100) * width)
  const bar = `${'#'.repeat(done)}${'.'.repeat(width - done)}`
  const each = tasks.map(({ TaskType = 'task', Status }) => `${TaskType} ${Status}`).join(', ')
  const ended = problem ?? (named ? outcome?.status : undefined)
  return [
    `  [${bar}] ${String(percent).padStart(3)} %  ${phaseText(phase)}${each === '' ? '' : `: ${each}`}`,
    ...(ended === undefined ? [] : [ended]),
    ...(named ? [`(${key})`] : []),
  ].join('  ')
}

/** Describes a gate, with the command that decides at it while it waits. */
export function gateText(workflowId: string, view: GateView): string {
  const { gate, runId, status, Suggestion, Label, deadline, onDeadline, decision } = view
  if (decision) return `gate "${gate}" ${decision.decision} ${howDecided(decision)}`
  if (status !== 'open') return `gate "${gate}" is ${endText(status)}`
  const says = Suggestion ? `VOD says ${Suggestion} ${Label ?? ''}`.trimEnd() : 'no verdict'
  const which = `--gate ${shellWord(gate)}${runId === undefined ? '' : ` --run ${shellWord(runId)}`}`
  const command = commandText('approve', workflowId, `${which} --reason "..."`)
  return `gate "${gate}" waits for a person (${says}), ${onDeadline} automatically at ${deadline}: ${command}, or vodflow reject`
}
