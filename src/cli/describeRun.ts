import { VodflowError } from '../base/vodflowError.js'
import { NoWorkerError, RunPausedError, WorkflowTaskFailingError } from '../client/errors.js'
import type {
  BatchProgress,
  GateView,
  RetriedActivity,
  RunDescription,
  RunHandle,
  RunSummary,
  StepProgress,
  TaskProgress,
  Vodflow,
} from '../client/index.js'
import { RunError } from '../client/runErrors.js'
import { shellWord } from '../client/shellWord.js'
import type { StuckReason } from '../client/stuckRuns.js'
import { batchType } from '../contract/batch.js'
import { howDecided } from '../contract/gates.js'
import { phaseText, type UnreadSignals, waitText } from '../contract/progress.js'
import { stepTypes } from '../contract/runNames.js'
import { cut } from '../contract/text.js'
import { commandText } from '../operate/report/commandText.js'
import { stoppedText } from '../temporal/submits.js'
import { valueLines } from './ended.js'
import type { Line } from './layout.js'
import { inCommands, messageOf } from './messageOf.js'
import { timeOf } from './print.js'

/** The state of a run, with its problems in words. */
export interface DescribedRun extends Omit<RunDescription, 'problem' | 'children'> {
  /** Child workflows that have not ended. */
  readonly children: readonly DescribedChild[]
  /** The progress of a batch, without its failures. */
  readonly batch?: Omit<BatchProgress, 'failures'>
  /** Why the run cannot continue as it is. */
  readonly problem?: string
  /** Why its worker or Temporal could not be queried. It says nothing about the run. */
  readonly unanswered?: string
  /** The problem, for programs. */
  readonly stuck?: { readonly reason: StuckReason; readonly remedy: string }
}

/** A child workflow. Of many, only the first ones are described. */
export type DescribedChild = Pick<RunHandle, 'workflowId' | 'type'> & Partial<DescribedRun>

/** Queries the worker of a run. A worker that does not answer is a finding, not a failure of the command. */
export async function describeRun(run: RunHandle<unknown>): Promise<DescribedRun> {
  try {
    const { problem, ...seen } = await run.describe()
    return { ...seen, ...(problem ? inWords(problem) : {}) }
  } catch (error) {
    if (error instanceof VodflowError) return { steps: [], gates: [], children: [], ...inWords(error) }
    throw error
  }
}

/** The number of children that are described, and of generations: each of them costs a query to a worker. */
const mostChildren = 20
const mostGenerations = 3

/** Describes a run, the child workflows that have not ended, and the progress of batches. */
export async function describeTree(
  vodflow: Vodflow,
  run: RunHandle<unknown>,
  generations = mostGenerations,
): Promise<DescribedRun> {
  const described = await describeRun(run)
  const [children, batch] = await Promise.all([
    Promise.all(
      described.children.map((child, index) =>
        generations > 0 && index < mostChildren ? describeChild(vodflow, child, generations - 1) : child,
      ),
    ),
    run.type === batchType ? progressOf(vodflow, run.workflowId) : undefined,
  ])
  return { ...described, children, ...(batch ? { batch } : {}) }
}

/** A child that has ended in the meantime is shown as it was. */
async function describeChild(
  vodflow: Vodflow,
  child: DescribedChild,
  generations: number,
): Promise<DescribedChild> {
  try {
    return { ...child, ...(await describeTree(vodflow, await vodflow.attach(child.workflowId), generations)) }
  } catch (error) {
    if (error instanceof VodflowError) return child
    throw error
  }
}

/** The description of the run says why its worker does not answer. */
async function progressOf({ batches }: Vodflow, workflowId: string): Promise<DescribedRun['batch']> {
  try {
    const { failures: _, ...progress } = (await batches.attach(workflowId).progress()) ?? {}
    return 'counts' in progress ? (progress as DescribedRun['batch']) : undefined
  } catch (error) {
    if (error instanceof VodflowError) return undefined
    throw error
  }
}

/** Returns a `problem` if the run failed or cannot continue, or `unanswered` if its state is unknown. */
export function inWords(error: VodflowError): Pick<DescribedRun, 'problem' | 'unanswered' | 'stuck'> {
  const ofTheRun = [RunError, RunPausedError, WorkflowTaskFailingError, NoWorkerError].some(
    (kind) => error instanceof kind,
  )
  if (!ofTheRun) return { unanswered: messageOf(error) }
  const reason = reasonOf(error)
  return {
    problem: messageOf(error),
    ...(reason ? { stuck: { reason, remedy: inCommands(error).remedy } } : {}),
  }
}

function reasonOf(error: VodflowError): StuckReason | undefined {
  if (error instanceof NoWorkerError) return error.details.reason
  if (error instanceof RunPausedError) return 'paused'
  return error instanceof WorkflowTaskFailingError ? 'workflowTaskFails' : undefined
}

/**
 * Returns the lines for each step, gate, child and problem of a run.
 *
 * @param urls - the caller lists the URLs of the outputs
 */
export function linesOf(
  { workflowId, type, closedAt }: Pick<RunHandle, 'workflowId' | 'type'> & Pick<RunSummary, 'closedAt'>,
  described: Partial<DescribedRun>,
  urls = false,
): Line[] {
  const { steps = [], gates = [], children = [], retried = [], stopped, unread, batch } = described
  const isClosed = closedAt !== undefined
  // The id of a run of one step names its step.
  const isNamed = !stepTypes.includes(type) || steps.length !== 1
  return [
    ...(batch ? [batchLine(batch)] : []),
    ...steps.map((step) => stepLine(step, { isNamed, isClosed })),
    ...(stopped ? [{ text: stoppedText(stopped) }] : []),
    ...retried.map(retriedLine),
    ...(unread ? [unreadLine(unread)] : []),
    ...gates.map((gate) =>
      isClosed && gate.status === 'open' ? leftGate(gate) : gateLine(workflowId, gate),
    ),
    ...(!urls && !isClosed && steps.length > 0 && gates.some(({ status }) => status === 'open')
      ? [{ text: `for the URLs: ${commandText('status', workflowId, '--urls')}` }]
      : []),
    ...children.slice(0, mostChildren).map(childLine),
    ...(children.length > mostChildren
      ? [{ text: `and ${children.length - mostChildren} more child workflows` }]
      : []),
    ...(type === batchType ? [{ text: `a batch: ${commandText('batch report', workflowId)}` }] : []),
    ...problemLines(described),
  ]
}

/** Returns the lines that say why the state is bad or unknown, and what to do. */
export function problemLines({
  problem,
  problemSince,
  unanswered,
  stuck,
}: Partial<Pick<DescribedRun, 'problem' | 'problemSince' | 'unanswered' | 'stuck'>>): Line[] {
  const since = problemSince
    ? [{ text: `its workflow task has been waiting since ${timeOf(problemSince)}` }]
    : []
  const unknown = unanswered === undefined ? [] : [{ text: unanswered }]
  if (problem === undefined) return [...unknown, ...since]
  const { remedy = '' } = stuck ?? {}
  if (remedy === '' || !problem.endsWith(remedy)) return [{ text: problem }, ...unknown, ...since]
  const why = { text: `cannot continue: ${problem.slice(0, -remedy.length).trim()}` }
  return [{ ...why, under: [{ text: `to fix: ${remedy}` }, ...since] }, ...unknown]
}

function unreadLine({ count, problem, remedy }: UnreadSignals): Line {
  const signals =
    count === 1 ? 'a signal that it could not read' : `${count} signals that it could not read; the last one`
  return { text: `ignored ${signals}: ${problem}`, under: [{ text: `to fix: ${remedy}` }] }
}

function retriedLine({ activity, why, code, attempt, problem, ...next }: RetriedActivity): Line {
  const again = nextText(next)
  if (why === 'notYet')
    return { text: `all is well: ${activity} is ${again}, attempt ${attempt}; the last answer: ${problem}` }
  if (why === 'failed') {
    const error = withoutStart(problem, `${activity}: `)
    if (code === undefined || !noAnswerCodes.includes(code))
      return { text: `the activity ${activity} fails: ${error} (attempt ${attempt}); it is ${again}` }
    return {
      text: `VOD does not answer ${activity} (${code}), attempt ${attempt}; it is ${again}`,
      under: [{ text: `nothing is lost; ${withoutStart(error, `${code}: `)}` }],
    }
  }
  return {
    text: `VOD throttles ${activity} (${code ?? 'RequestLimitExceeded'}), attempt ${attempt}; it is ${again}`,
    under: [{ text: 'nothing is lost; if it lasts, see vodflow submits, or ask Tencent for a higher limit' }],
  }
}

/** The codes of calls that VOD itself did not answer. */
const noAnswerCodes: readonly string[] = ['NotConnected', 'Network', 'Timeout', 'HttpStatus'].map(
  (name) => `ClientError.${name}`,
)

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text
}

function nextText({ paused, nextTry }: Pick<RetriedActivity, 'paused' | 'nextTry'>): string {
  if (paused) return 'paused'
  return nextTry === undefined ? 'being tried now' : `tried again at ${timeOf(nextTry)}`
}

function leftGate({ gate }: GateView): Line {
  return { text: `gate "${gate}" was open when the run ended` }
}

interface StepShown {
  readonly isNamed: boolean
  /** The run has ended, so nothing waits, even if its last state says so. */
  readonly isClosed: boolean
}

function stepLine(step: StepProgress, { isNamed, isClosed }: StepShown): Line {
  const { key, phase, attempt, percent, tasks, outcome, problem } = step
  const isLeft = isClosed && phase !== 'settled'
  const wait = isLeft ? 'VOD finishes and bills its tasks' : waitText(step, timeOf)
  const state = isLeft ? 'open when the run ended' : phaseText[phase]
  const which = [...(isNamed ? [key] : []), ...(attempt > 1 ? [`attempt ${attempt}`] : [])]
  return {
    percent,
    text: `${outcome?.status ?? state}${which.length > 0 ? `  (${which.join(', ')})` : ''}`,
    under: [
      ...tasks.map(taskLine),
      ...(outcome && isNamed ? [{ text: outcome.reason }] : []),
      ...(problem === undefined ? [] : [{ text: problem }]),
      ...(wait === undefined ? [] : [{ text: wait }]),
    ],
  }
}

function taskLine({ TaskId, TaskType, Status, percent, problem }: TaskProgress): Line {
  return {
    text: `${TaskType || 'task of unknown type'} ${Status} ${percent} %  ${TaskId || 'of unknown id'}`,
    under: problem === undefined ? [] : [{ text: `at the last read, it ${problem}` }],
  }
}

function batchLine({
  status,
  counts,
  total,
  running,
  eta,
  stopped,
}: NonNullable<DescribedRun['batch']>): Line {
  const { ended, skipped, missing, repeated } = counts
  const finished = Object.values(ended).reduce((sum, count) => sum + count, 0)
  const done = finished + skipped + missing + repeated
  return {
    ...(total ? { percent: (100 * done) / total } : {}),
    text: `${status}: ${done}${total === undefined ? '' : ` of ${total}`} items done, ${running} running, ${ended.succeeded} succeeded, ${finished - ended.succeeded} not`,
    under: [
      ...(eta === undefined || status === 'ended' ? [] : [{ text: `all done at about ${timeOf(eta)}` }]),
      ...(stopped === undefined ? [] : [{ text: `stopped: ${stopped}` }]),
    ],
  }
}

function childLine({ workflowId, type, ...described }: DescribedChild): Line {
  return {
    text: `waits for the child workflow ${type}: ${commandText('watch', workflowId)}`,
    under: linesOf({ workflowId, type }, described),
  }
}

/** The number of links to what VOD found, and of lines of a subject, that are shown. The JSON has all. */
const mostEvidence = 5
const mostSubjectLines = 12
const mostSubjectText = 1_000

/** Returns what a person needs to know to decide at a gate. Each link of the evidence is whole, because it is copied. */
function factsOfGate(workflowId: string, { subject, evidence = [] }: GateView): Line[] {
  const about = subject === undefined || subject === null ? [] : valueLines(subject)
  const more = about.length - mostSubjectLines
  const left = evidence.length - mostEvidence
  const json = commandText('status', workflowId, '--json')
  return [
    ...(about.length > 0
      ? [
          {
            text: 'about:',
            under: [
              ...about.slice(0, mostSubjectLines).map((line) => ({ text: cut(line, mostSubjectText) })),
              ...(more > 0 ? [{ text: `and ${more} more lines: ${json}` }] : []),
            ],
          },
        ]
      : []),
    ...evidence.slice(0, mostEvidence).map(({ what, url }) => ({ text: `${what}: ${url}` })),
    ...(left > 0 ? [{ text: `and ${left} more links: ${json}` }] : []),
  ]
}

/** Describes a gate, with the subject, the evidence and the commands that decide at it while it waits. */
export function gateLine(workflowId: string, view: GateView): Line {
  const { gate, runId, status, Suggestion, Label, deadline, onDeadline, decision } = view
  if (decision) return { text: `gate "${gate}" ${decision.decision} ${howDecided(decision)}` }
  if (status !== 'open') return { text: `gate "${gate}" is ${status}` }
  const says = Suggestion ? `VOD says ${Suggestion} ${Label ?? ''}`.trimEnd() : 'no verdict'
  const which = `--gate ${shellWord(gate)}${runId === undefined ? '' : ` --run ${shellWord(runId)}`}`
  const deciding = (name: string) => ({
    text: commandText(name, workflowId, `${which} --reason "..."`),
  })
  return {
    text: `gate "${gate}" waits for a person (${says}), ${onDeadline} automatically at ${timeOf(deadline)}`,
    under: [...factsOfGate(workflowId, view), deciding('approve'), deciding('reject')],
  }
}
