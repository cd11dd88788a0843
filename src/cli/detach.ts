import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { RunHandle, StepProgress, Vodflow } from '../client/index.js'
import { RunMediaError } from '../client/runErrors.js'
import { isTerminal } from '../contract/outcome.js'
import { stepTypes } from '../contract/runNames.js'
import { within } from '../contract/within.js'
import { commandText } from '../operate/report/commandText.js'
import { endOf, failIfNotTaken, printEnd, type StopFlags, stopping } from './cancel.js'
import { describeRun } from './describeRun.js'
import { isOpen, oneRun } from './oneRun.js'
import { textOption } from './options.js'
import { notGood, print } from './print.js'
import { withVodflow } from './session.js'
import { followed } from './waitFor.js'

interface DetachFlags extends StopFlags {
  readonly key?: string
}

/** Pause between two queries for the steps to detach, ms. */
const pollMs = 500

/**
 * Registers `detach`, which leaves the work to VOD. Temporal accepts the signal for any open run, so the command reports what the steps
 * did with it.
 */
export function registerDetach(program: Command): void {
  stopping(program.command('detach'), 'stops waiting; VOD finishes the tasks and bills them')
    .option('--key <key>', 'only the step with this key', textOption)
    .addHelpText('after', help)
    .action(async (id: string, { subApp, json, key }: DetachFlags) => {
      await withVodflow({}, async (vodflow) => {
        const summary = await oneRun(vodflow, id, { subApp })
        const run = await vodflow.attach(summary.workflowId)
        if (!isOpen(summary)) return printEnd(json, 'It had already ended: ', await endOf(run, run.result()))
        await (stepTypes.includes(run.type)
          ? detachRun(vodflow, run, { json, key })
          : detachSteps(run, { json, key }))
      })
    })
}

interface DetachOptions {
  readonly json: boolean
  readonly key: string | undefined
}

async function detachRun(
  vodflow: Vodflow,
  run: RunHandle<unknown>,
  { json, key }: DetachOptions,
): Promise<void> {
  const { workflowId } = run
  await requireNotCanceled(vodflow, workflowId)
  if (key !== undefined) requireStep(run, (await describeRun(run)).steps, key)
  await run.detach(key)
  const end = await endOf(run, followed(run, failIfNotTaken(detaching(workflowId))))
  if (end.status === 'detached') return done(workflowId, json)
  printEnd(json, 'It was not detached: ', end.status === 'canceled' ? { ...end, good: false } : end)
}

/** A run that is being canceled ignores a detach, even before any of its code has run. */
async function requireNotCanceled({ client }: Vodflow, workflowId: string): Promise<void> {
  const { latestExecution } = await import('../client/earlierRun.js')
  const { raw } = await latestExecution(client, workflowId)
  if (raw.workflowExtendedInfo?.cancelRequested !== true) return
  throw new Error(
    `"${workflowId}" is being canceled, and a detach does not change that; ${commandText('watch', workflowId)} shows how it ends`,
  )
}

/** A user's own workflow continues after its steps have been detached. */
async function detachSteps(run: RunHandle<unknown>, { json, key }: DetachOptions): Promise<void> {
  const { workflowId } = run
  const before = await describeRun(run)
  const isSeen = before.problem === undefined && before.unanswered === undefined
  if (isSeen && key !== undefined) requireStep(run, before.steps, key)
  if (isSeen && !chosen(before.steps, key).some(waits))
    throw new Error(`no step of "${workflowId}" is waiting, so nothing was detached`)
  const over = new AbortController()
  const result = run.result().finally(() => over.abort())
  result.catch(() => {})
  await run.detach(key)
  const watch = failIfNotTaken(detaching(workflowId))
  for (let isOver = false; !isOver; ) {
    // The steps are queried once more after the workflow has ended, because its steps may have ended with it.
    isOver = over.signal.aborted
    const described = await describeRun(run)
    const steps = chosen(described.steps, key)
    if (steps.length > 0 && !steps.some(waits)) {
      const failed = await failedBy(result)
      return printSteps(run, { before: before.steps, steps, json, failed })
    }
    watch(described)
    await sleep(pollMs, undefined, { signal: over.signal }).catch(() => {})
  }
  printEnd(json, 'It was not detached: ', await endOf(run, result))
}

/** Time in which the code of a workflow usually takes the end of its steps, ms. */
const consequenceMs = 2_000

/** Returns true if the run has failed because its code does not accept a detached step. */
async function failedBy(result: Promise<unknown>): Promise<boolean> {
  try {
    await within(consequenceMs, result)
    return false
  } catch (error) {
    return error instanceof RunMediaError && error.outcome.status === 'detached'
  }
}

interface StepsSeen {
  readonly before: readonly StepProgress[]
  readonly steps: readonly StepProgress[]
  readonly json: boolean
  /** The detach has made the run fail. */
  readonly failed: boolean
}

/** Prints how the steps ended. A step may have ended, or been canceled, just before the request arrived. */
function printSteps({ workflowId }: RunHandle<unknown>, { before, steps, json, failed }: StepsSeen): void {
  const known = before.filter((step) => !waits(step)).map(({ key }) => key)
  const otherwise = steps.filter(({ key, outcome }) => !known.includes(key) && outcome?.status !== 'detached')
  if (otherwise.length === 0) {
    const open = steps.flatMap(({ tasks }) => tasks).filter(({ Status }) => !isTerminal(Status))
    done(workflowId, json, [
      ...open.flatMap(({ TaskId }) =>
        TaskId ? [`to wait for its task: ${commandText('adopt', TaskId)}`] : [],
      ),
      ...(failed
        ? ['its run has failed (MediaDetached), because its code does not accept a detached step']
        : []),
    ])
    return
  }
  const ends = otherwise.map((step) => ({ key: step.key, end: endText(step) }))
  print(json, { workflowId, detached: false, steps: ends }, () =>
    ends.map(({ key, end }) => `step "${key}" was not detached: ${end}`),
  )
  if (otherwise.some(({ outcome }) => outcome?.status !== 'succeeded')) process.exitCode = notGood
}

function requireStep({ workflowId }: RunHandle<unknown>, steps: readonly StepProgress[], key: string): void {
  if (steps.length === 0 || chosen(steps, key).length > 0) return
  const keys = steps.map((step) => `"${step.key}"`).join(', ')
  throw new Error(
    `no step of "${workflowId}" has the key "${key}", so nothing was detached; its steps: ${keys}`,
  )
}

function chosen(steps: readonly StepProgress[], key: string | undefined): readonly StepProgress[] {
  return key === undefined ? steps : steps.filter((step) => step.key === key)
}

function waits({ phase }: StepProgress): boolean {
  return phase !== 'settled'
}

function endText({ outcome, canceled, problem }: StepProgress): string {
  return outcome?.status ?? (canceled ? 'canceled' : (problem ?? 'failed'))
}

function detaching(workflowId: string) {
  return { workflowId, request: `The request to detach "${workflowId}"` }
}

function done(workflowId: string, json: boolean, more: readonly string[] = []): void {
  print(json, { workflowId, detached: true }, () => [`${workflowId} no longer waits`, ...more])
}

const help = `
Waits until the run, or each of its steps, has ended. The code of your own workflow then continues with the outcome "detached" if it has
onFailure: 'return'. Otherwise the step throws MediaDetached, and the run fails unless the code catches it. VOD finishes and bills the
tasks; vodflow adopt <TaskId> waits for one, and bills nothing.
Exit code: 0 detached; 1 an error, or the request is recorded and no worker takes it; 2 the run or a step ended in another way and did
not succeed.

Example:
  vodflow detach 5285485487985271487
`
