import { setTimeout as sleep } from 'node:timers/promises'
import { createDelivery, type DeliveryResult } from '../../callbacks/index.js'
import type { Vodflow } from '../../client/index.js'
import { shellQuoted, shellWord } from '../../client/shellWord.js'
import { appText } from '../../contract/appAddress.js'
import { VodError } from '../../contract/errors.js'
import { hintSignal } from '../../contract/hint.js'
import type { RunProgress } from '../../contract/progress.js'
import type { StepAddress } from '../../contract/seal/token.js'
import { inTurns } from '../../temporal/inTurns.js'
import type { VodClient } from '../../vod/client.js'
import { commandText } from '../report/commandText.js'
import { hasRead, progressIn } from './ask.js'
import type { AuditFinding, AuditTask } from './findings.js'
import { progressOf, statusOf } from './runs.js'

/** What came of a repair. */
export interface RepairResult {
  /** A read after it has shown that the run waits no longer, or that a run waits for the task. */
  readonly repaired: boolean
  /** Why it is not, and what to do. */
  readonly problem?: string
}

export interface RepairOptions {
  readonly vodflow: Vodflow
  readonly vod: VodClient
  readonly account: string
  /** Repair what can be repaired. */
  readonly repair: boolean
}

type Repairable = Extract<AuditFinding, { readonly kind: 'taskWithoutRun' | 'finishedButWaiting' }>

/** Of a repair that was sent: what the run shows of it now. */
type Check = () => Promise<RepairResult>

/** How long runs have to show it after the last repair was sent, and the pause between two checks, ms. */
const settleMs = 15_000
const pauseMs = 250

/** Sends every repair, then reads what came of each. */
export async function repairEach(
  findings: readonly AuditFinding[],
  options: RepairOptions,
  tasks: readonly AuditTask[],
): Promise<(AuditFinding & RepairResult)[]> {
  const sent: { readonly finding: AuditFinding; readonly repair: RepairResult | Check }[] = []
  for (const finding of findings) {
    const repair = await send(finding, options, tasks).catch(failed)
    sent.push({ finding, repair })
  }
  const until = Date.now() + settleMs
  return inTurns(sent, async ({ finding, repair }) => ({
    ...finding,
    ...(typeof repair === 'function' ? await seen(repair, until) : repair),
  }))
}

async function seen(check: Check, until: number): Promise<RepairResult> {
  for (;;) {
    const repair = await check().catch(failed)
    if (repair.repaired || Date.now() > until) return repair
    await sleep(pauseMs)
  }
}

function failed(error: unknown): RepairResult {
  return notRepaired(error instanceof Error ? error.message : String(error))
}

function notRepaired(problem: string): RepairResult {
  return { repaired: false, problem }
}

/** Money that was paid twice does not come back by a program; a run without a task has to be examined. */
async function send(
  finding: AuditFinding,
  options: RepairOptions,
  tasks: readonly AuditTask[],
): Promise<RepairResult | Check> {
  if (!isRepairable(finding)) return { repaired: false }
  const problem = await elsewhere(finding, options, tasks)
  if (problem !== undefined) return notRepaired(problem)
  if (!options.repair) return { repaired: false }
  return finding.kind === 'taskWithoutRun' ? adopt(finding, options) : wake(finding, options)
}

function isRepairable(finding: AuditFinding): finding is Repairable {
  return finding.kind === 'taskWithoutRun' || finding.kind === 'finishedButWaiting'
}

async function adopt(
  { TaskId, SubAppId }: Extract<AuditFinding, { kind: 'taskWithoutRun' }>,
  { vodflow, account }: RepairOptions,
): Promise<Check> {
  const { workflowId } = await vodflow.adopt({ TaskId, SubAppId }, { account })
  const why = `${commandText('status', workflowId)} shows why`
  return async () => {
    const status = await statusOf(vodflow.client, workflowId)
    if (status !== 'open' && status !== 'completed')
      return notRepaired(`the run ${workflowId} that adopted it is ${status}: ${why}`)
    if (progressIn(await progressOf(vodflow.client, { workflowId }))) return { repaired: true }
    return notRepaired(`the run ${workflowId} has adopted it, and no worker answers for the run: ${why}`)
  }
}

async function wake(
  { TaskId, address }: Extract<AuditFinding, { kind: 'finishedButWaiting' }>,
  { vodflow: { client } }: RepairOptions,
): Promise<RepairResult | Check> {
  const { SessionId } = address
  const hint = { v: 1, SessionId, TaskId, terminal: true } as const
  const delivered = await createDelivery({ client })(address, hint)
  if (delivered !== 'delivered') return notRepaired(notDelivered[delivered])
  return async () => {
    const progress = progressIn(await progressOf(client, address, SessionId))
    return hasRead(progress, TaskId)
      ? { repaired: true }
      : notRepaired(`the run has the hint, ${whyUnread(address, progress)}`)
  }
}

function whyUnread({ workflowId, SessionId }: StepAddress, progress: RunProgress | undefined): string {
  const status = commandText('status', workflowId)
  if (!progress) return `and shows no step that waits for the task: ${status} shows what it does instead`
  const unnamed = progress.tasks.find(({ TaskId }) => TaskId === undefined)
  if (unnamed) return unnamedText({ workflowId, SessionId }, unnamed.TaskType)
  return `and has not read the task yet: run the audit again in a few minutes; if it finds the same, ${status} shows what the run waits for`
}

const notDelivered: Readonly<Record<Exclude<DeliveryResult, 'delivered'>, string>> = {
  crowded:
    'the run gets more hints than it can take, and will read its tasks within minutes: run the audit again then',
  'no-run': 'the run has ended meanwhile: run the audit again',
  'other-namespace': 'its token names another namespace: run the audit there',
}

/** A retry of a split or a composition: its own task is in no listing, and only that task's detail names the others. */
function unnamedText(
  { workflowId, SessionId }: Pick<StepAddress, 'workflowId' | 'SessionId'>,
  TaskType: string | undefined,
): string {
  const input = JSON.stringify({ v: 1, SessionId, TaskId: 'TASK_ID', terminal: true })
  const signal = `temporal workflow signal --workflow-id ${shellWord(workflowId)} --name ${hintSignal} --input ${shellQuoted(input)}`
  return `but it first needs the TaskId of its ${TaskType === undefined ? '' : `${TaskType} `}task, which no listing of VOD shows. Take it from ${commandText('report', workflowId)}, and send it in the place of TASK_ID: ${signal}`
}

/**
 * Why a repair from here would not be one of this task: only the signed token tells whose it is. A task that is adopted in another
 * account or application is waited for where VOD does not show it.
 */
async function elsewhere(
  finding: Repairable,
  { vod, account }: RepairOptions,
  tasks: readonly AuditTask[],
): Promise<string | undefined> {
  const { TaskId } = finding
  const named = finding.kind === 'taskWithoutRun' ? finding : finding.address
  if (named.account !== account)
    return `its token names account ${named.account}, and this audit is of ${account}: run vodflow audit --account ${named.account} with the keys of that account`
  const { listedIn = [] } = tasks.find((task) => task.TaskId === TaskId) ?? {}
  const app = named.SubAppId === undefined ? {} : { SubAppId: named.SubAppId }
  if (listedIn.includes(named.SubAppId) || (await isShown(vod, { TaskId, ...app }))) return undefined
  return `its token names ${appText(named.SubAppId)}, where VOD does not show it`
}

/** The default application has a number too. */
async function isShown(vod: VodClient, request: { TaskId: string; SubAppId?: number }): Promise<boolean> {
  try {
    await vod.send('DescribeTaskDetail', request)
    return true
  } catch (error) {
    if (error instanceof VodError && /^(ResourceNotFound|InvalidParameter)/.test(error.vodCode)) return false
    throw error
  }
}
