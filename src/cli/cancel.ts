import type { Command } from 'commander'
import type { CancelSummary, RunHandle } from '../client/index.js'
import { RunCanceledError, RunError } from '../client/runErrors.js'
import type { DescribedRun } from './describeRun.js'
import { isGood, type ReturnValue, resultText, returnedBy } from './ended.js'
import { messageOf } from './messageOf.js'
import { isOpen, oneRun } from './oneRun.js'
import { subAppOption } from './options.js'
import { notGood, print } from './print.js'
import { withVodflow } from './session.js'
import { followed } from './waitFor.js'

export interface StopFlags {
  readonly subApp?: number
  readonly json: boolean
}

/** Registers `cancel`, which stops the work as far as VOD allows. */
export function registerCancel(program: Command): void {
  stopping(
    program.command('cancel'),
    'aborts the tasks that VOD has not started, waits for the end, and lists what VOD finishes and bills',
  )
    .addHelpText('after', cancelHelp)
    .action(async (id: string, { subApp, json }: StopFlags) => {
      await withVodflow({}, async (vodflow) => {
        const summary = await oneRun(vodflow, id, { subApp })
        const run = await vodflow.attach(summary.workflowId)
        if (!isOpen(summary)) return printEnd(json, 'It had already ended: ', await endOf(run, run.result()))
        await run.cancel()
        const end = await endOf(run, followed(run, failIfNotTaken(canceling(run.workflowId))))
        printEnd(json, end.status === 'canceled' ? '' : 'It was not canceled: ', end)
      })
    })
}

/** The end of a run. */
type End = Partial<ReturnValue> & {
  readonly workflowId: string
  /** `canceled`, the status of an outcome, `completed`, or `failed`. */
  readonly status: string
  /** The end in words. A result has lines of its own. */
  readonly reason: string
  /** True if the run was canceled or ended well. */
  readonly good: boolean
  readonly canceled?: CancelSummary | undefined
}

export async function endOf(
  { workflowId, type }: RunHandle<unknown>,
  result: Promise<unknown>,
): Promise<End> {
  try {
    const returned = returnedBy(type, await result)
    const good = isGood(returned)
    if (!('outcome' in returned))
      return {
        workflowId,
        status: 'completed',
        reason: resultText(returned.result).join('\n'),
        good,
        ...returned,
      }
    const { status, reason } = returned.outcome
    return { workflowId, status, reason: `${status}: ${reason}`, good, ...returned }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    const reason = messageOf(error)
    if (error instanceof RunCanceledError)
      return { workflowId, status: 'canceled', reason, good: true, canceled: error.canceled }
    return { workflowId, status: 'failed', reason, good: false }
  }
}

/** Prints the end of a run. Sets exit code 2 if the run did not end well. */
export function printEnd(json: boolean, how: string, { good, ...end }: End): void {
  print(json, end, () => `${how}${end.reason}`.split('\n'))
  if (!good) process.exitCode = notGood
}

/** A problem is reported only after this time, because a worker needs seconds to restart. */
const patienceMs = 10_000

interface StopRequest {
  readonly workflowId: string
  /** The request, as the subject of a sentence. */
  readonly request: string
}

function canceling(workflowId: string): StopRequest {
  return { workflowId, request: `The cancellation of "${workflowId}"` }
}

/** Returns a function that checks each description of a run. It says when the wait is long. @throws Error if no worker can take the request. */
export function failIfNotTaken({ workflowId, request }: StopRequest): (described: DescribedRun) => void {
  const asked = performance.now()
  let wellAt = asked
  let said = false
  return ({ problem, unanswered }) => {
    const why = problem ?? unanswered
    const now = performance.now()
    if (why === undefined) wellAt = now
    else if (now - wellAt > patienceMs) throw new Error(`${request} is recorded, but still waits: ${why}`)
    if (said || now - asked < patienceMs) return
    said = true
    console.error(`waiting for "${workflowId}"; Ctrl-C stops the wait and does not withdraw the request`)
  }
}

export function stopping(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<id>', 'workflow id, run id, FileId, TaskId or SessionId')
    .option('--sub-app <SubAppId>', 'sub-app of a FileId, TaskId or SessionId', subAppOption)
    .option('--json', 'print one JSON object', false)
}

const cancelHelp = `
The code of your own workflow handles the cancellation. For a run that has ended, prints how it ended.
Exit code: 0 canceled, or it had succeeded; 1 an error; 2 the run failed, or its outcome is not "succeeded".

Example:
  vodflow cancel 5285485487985271487
`
