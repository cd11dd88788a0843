import {
  NoWorkerError,
  RunError,
  RunPausedError,
  VodflowError,
  WorkflowTaskFailingError,
} from '../client/errors.js'
import type { FailingActivity, GateView, Run, RunLook, StepProgress } from '../client/index.js'
import { shellWord } from '../client/shellWord.js'
import type { StuckReason } from '../client/stuckRuns.js'
import { batchType } from '../contract/batch.js'
import { howDecided } from '../contract/gates.js'
import { stepTypes } from '../contract/runNames.js'
import { commandText } from '../operate/report/commandText.js'
import { stoppedText } from '../temporal/submits.js'
import { endText, phaseText, timeOf } from './print.js'
import { messageOf } from './words.js'

/** What can be seen of a run in one look, in words. */
export interface Look extends Omit<RunLook, 'problem'> {
  /** Why the run cannot go on as it is. */
  readonly problem?: string
  /** Why its worker or Temporal could not be asked: it says nothing about the run. */
  readonly unanswered?: string
  /** The same for programs. */
  readonly stuck?: { readonly reason: StuckReason; readonly remedy: string }
}

/** Asks the worker of a run. A worker that does not answer is a finding, not a failure of the command. */
export async function lookAt(run: Run<unknown>): Promise<Look> {
  try {
    const { problem, ...seen } = await run.look()
    return { ...seen, ...(problem ? inWords(problem) : {}) }
  } catch (error) {
    if (error instanceof VodflowError) return { steps: [], gates: [], children: [], ...inWords(error) }
    throw error
  }
}

/** The run ended badly or cannot go on, or that could not be asked. */
export function inWords(error: VodflowError): Pick<Look, 'problem' | 'unanswered' | 'stuck'> {
  const ofTheRun = [RunError, RunPausedError, WorkflowTaskFailingError, NoWorkerError].some(
    (kind) => error instanceof kind,
  )
  if (!ofTheRun) return { unanswered: messageOf(error) }
  const reason = reasonOf(error)
  return { problem: messageOf(error), ...(reason ? { stuck: { reason, remedy: error.remedy } } : {}) }
}

function reasonOf(error: VodflowError): StuckReason | undefined {
  if (error instanceof NoWorkerError) return error.lack.reason
  if (error instanceof RunPausedError) return 'paused'
  return error instanceof WorkflowTaskFailingError ? 'workflowTaskFails' : undefined
}

const width = 30

/** A line for each step and gate. A run of one step needs no name for it. */
export function linesOf({ workflowId, type }: Pick<Run, 'workflowId' | 'type'>, look: Look): string[] {
  const named = !stepTypes.includes(type) || look.steps.length !== 1
  return [
    ...look.steps.map((step) => stepLine(step, named)),
    ...otherLines({ workflowId, type }, look),
    ...problemLines(look),
  ]
}

/** Why not more can be said. */
export function problemLines({
  problem,
  problemSince,
  unanswered,
}: Pick<Look, 'problem' | 'problemSince' | 'unanswered'>): string[] {
  return [
    ...[problem, unanswered].flatMap((why) => (why === undefined ? [] : [`  ${why}`])),
    ...(problemSince ? [`  its workflow task waits since ${timeOf(problemSince)}`] : []),
  ]
}

/** Gates, and where to look for what is not part of the run itself. */
export function otherLines(
  { workflowId, type }: Pick<Run, 'workflowId' | 'type'>,
  { gates = [], children = [], failing = [], stopped }: Partial<Look>,
): string[] {
  return [
    ...(stopped ? [`  ${stoppedText(stopped)}`] : []),
    ...failing.map((each) => `  ${failingText(each)}`),
    ...gates.map((gate) => `  ${gateText(workflowId, gate)}`),
    ...children.map(
      (child) => `  waits for the child workflow ${child.type}: ${commandText('watch', child.workflowId)}`,
    ),
    ...(type === batchType ? [`  a batch: ${commandText('batch report', workflowId)}`] : []),
  ]
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
  const each = tasks.map(({ TaskType, Status }) => `${TaskType} ${Status}`).join(', ')
  const ended = problem ?? (named ? outcome?.status : undefined)
  return [
    `  [${bar}] ${String(percent).padStart(3)} %  ${phaseText(phase)}${each === '' ? '' : `: ${each}`}`,
    ...(ended === undefined ? [] : [ended]),
    ...(named ? [`(${key})`] : []),
  ].join('  ')
}

/** A gate, and how to decide at it while it waits. */
export function gateText(workflowId: string, view: GateView): string {
  const { gate, runId, status, Suggestion, Label, deadline, onDeadline, decision } = view
  if (decision) return `gate "${gate}" ${decision.decision} ${howDecided(decision)}`
  if (status !== 'open') return `gate "${gate}" is ${endText(status)}`
  const says = Suggestion === '' ? 'no verdict' : `VOD says ${Suggestion} ${Label}`.trimEnd()
  const which = `--gate ${shellWord(gate)}${runId === undefined ? '' : ` --run ${shellWord(runId)}`}`
  const command = commandText('approve', workflowId, `${which} --reason "..."`)
  return `gate "${gate}" waits for a person (${says}), ${onDeadline} automatically at ${deadline}: ${command}, or vodflow reject`
}
