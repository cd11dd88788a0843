import type { Command } from 'commander'
import type { RunHandle, RunSummary, Vodflow } from '../client/index.js'
import { InvalidInputError } from '../contract/errors.js'
import { runType, stepTypes } from '../contract/runNames.js'
import { commandText } from '../operate/report/commandText.js'
import { oneRun } from './oneRun.js'
import { subAppOption, textOption } from './options.js'
import { withVodflow } from './session.js'
import { answerWith } from './waitFor.js'

interface AgainFlags {
  readonly reason: string
  readonly idempotencyKey?: string
  readonly subApp?: number
  readonly watch: boolean
  readonly json: boolean
}

/** Registers the two ways to repeat a run: VOD never bills the first of them twice, and always bills the other. */
export function registerAgain(program: Command): void {
  again(
    program.command('retry'),
    'runs a step again and waits for the tasks that VOD created for it, or creates them if there are none; never billed twice',
  )
    .addHelpText('after', retryHelp)
    .action(async (id: string, { reason, subApp, watch, json }: AgainFlags) => {
      await withVodflow({}, async (vodflow) => {
        const { workflowId, type, status } = await oneRun(vodflow, id, { subApp, types: stepTypes })
        if (!stepTypes.includes(type)) throw notOneStep('retry', workflowId, type)
        const found = await whatRetryDoes(await vodflow.attach(workflowId), status)
        const run = await vodflow.retry(workflowId, { reason })
        await answerWith(run, { watch, json, found })
      })
    })
  again(program.command('rerun'), 'processes the media again; VOD creates new tasks and bills them')
    .option(
      '--idempotency-key <key>',
      'idempotency key of the new tasks; must differ from those of its earlier runs',
      textOption,
    )
    .addHelpText('after', rerunHelp)
    .action(async (id: string, { reason, idempotencyKey, subApp, watch, json }: AgainFlags) => {
      await withVodflow({}, async (vodflow) => {
        const { workflowId, type } = await oneRun(vodflow, id, { subApp, types: [runType] })
        if (!stepTypes.includes(type)) throw notOneStep('rerun', workflowId, type)
        const { request, ...before } = await requestBefore(vodflow, workflowId, type)
        const given = idempotencyKey === undefined ? before : { ...before, idempotencyKey }
        const run = await vodflow.rerun(request, { ...given, workflowId, reason })
        await answerWith(run, { watch, json })
      })
    })
}

/** Asked before the retry: the new run knows no task yet. */
async function whatRetryDoes(earlier: RunHandle<unknown>, status: RunSummary['status']): Promise<string> {
  const { steps } = await earlier.describe()
  if (steps.some(({ tasks }) => tasks.some(({ TaskId }) => TaskId !== undefined)))
    return 'it waits for the same tasks again'
  if (status === 'FAILED' && (await isRefused(earlier)))
    return 'it was refused and made no task: it submits again, and VOD bills the task if it accepts it now'
  return 'it waits for the tasks that it made, or makes them if VOD made none'
}

async function isRefused(ended: RunHandle<unknown>): Promise<boolean> {
  const { RefusedError } = await import('../client/index.js')
  return ended.result().then(
    () => false,
    (error: unknown) => error instanceof RefusedError,
  )
}

async function requestBefore(vodflow: Vodflow, workflowId: string, type: string) {
  const { readStart } = await import('../client/earlierRun.js')
  const { asStartRequest } = await import('../temporal/startOf.js')
  const earlier = await vodflow.client.workflow.getHandle(workflowId).describe()
  const before = asStartRequest((await readStart(vodflow.client, earlier))?.args[0])
  if (!before || type !== runType) {
    const problem = `"${workflowId}" is a ${type}; only a run of processMediaByProcedure can be rerun by its id`
    const remedy = 'start your own workflow again under another id; VOD bills its steps again'
    throw new InvalidInputError([{ field: 'id', problem, remedy }])
  }
  const { request, account, key } = before
  return {
    request,
    account,
    key,
  }
}

function again(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<id>', 'workflow id, run id, FileId, TaskId or SessionId')
    .requiredOption('--reason <text>', 'reason; kept with the run', textOption)
    .option('--sub-app <SubAppId>', 'sub-app of a FileId, TaskId or SessionId', subAppOption)
    .option('--watch', 'show progress until the end', false)
    .option('--json', 'print JSON, one object per line', false)
}

/** A user's own workflow may do work in addition to its steps that must not be repeated. */
function notOneStep(command: string, workflowId: string, type: string): InvalidInputError {
  const problem = `"${workflowId}" is your own workflow (${type}), and vodflow ${command} is for a run of one step`
  const remedy = `start it again with your own program, under a new id if this one must not be used twice; to continue it from a point of its history, use temporal workflow reset; ${commandText('report', workflowId)} shows what its steps did`
  return new InvalidInputError([{ field: 'id', problem, remedy }])
}

const retryHelp = `
For a run of one step that failed, ended "unknown" or was terminated although its task succeeded, and for a run that VOD refused, once the
cause is fixed: VOD created no task for it, so the retry creates the first one.
For your own workflow: temporal workflow reset --workflow-id <id> --type FirstWorkflowTask --reason "..."
Its steps find the tasks that they created; its other activities run again.

Example:
  vodflow retry vod/1500000001/5285485487985271487/episode --reason "the worker had the wrong keys" --watch
`
const rerunHelp = `
The earlier run must have ended. The new run uses the same media, procedure and request options.
For your own workflow: start it under another id.

Example:
  vodflow rerun 5285485487985271487 --reason "the source was replaced" --watch
`
