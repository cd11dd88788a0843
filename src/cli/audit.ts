import { type Command, InvalidArgumentError } from 'commander'
import { notAskedText, stuckText } from '../client/stuckText.js'
import { counted } from '../contract/counted.js'
import { VodError } from '../contract/errors.js'
import { day, hour } from '../contract/time.js'
import type { Audit, AuditFinding } from '../operate/audit/index.js'
import { appOption, textOption } from './options.js'
import { notGood, print, say } from './print.js'
import { vodOfEnvironment, withVodflow } from './session.js'

interface AuditFlags {
  readonly account: string
  readonly subApp?: readonly (number | 'default')[]
  readonly since: number
  readonly repair: boolean
  readonly json: boolean
}

/** VOD lists no older tasks. */
const mostHours = 72

export function registerAudit(program: Command): void {
  program
    .command('audit')
    .description("compares VOD's tasks with Temporal's runs and lists what does not match")
    .option('--repair', 'wake runs whose task has ended, and adopt tasks that no run waits for', false)
    .option('--json', 'print one JSON object instead of text', false)
    .option('--account <alias>', 'alias of the account, as the workers know it', textOption, 'default')
    .option('--sub-app <id>', 'a sub-app, or "default"; repeatable (default: default)', appOption)
    .option('--since <hours>', 'check the tasks of this many hours', hoursOption, mostHours)
    .addHelpText('after', help)
    .action(async ({ account, subApp = ['default'], since, repair, json }: AuditFlags) => {
      const { audit } = await import('../operate/audit/index.js')
      const { parseMacKeys } = await import('../contract/seal/macKeys.js')
      const keys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
      const vod = await vodOfEnvironment()
      await withVodflow({}, async (vodflow) => {
        const subApps = subApp.map((app) => (app === 'default' ? undefined : app))
        const windowMs = since * hour
        const audited = await audit({
          vodflow,
          vod,
          account,
          keys,
          subApps,
          windowMs,
          repair,
          onRetry: once(sayRetry),
        })
        print(json, audited, () => textOf(audited))
        if (!isGood(audited)) process.exitCode = notGood
      })
    })
}

function sayRetry(error: unknown): void {
  const problem = error instanceof VodError ? `${error.action} failed (${error.vodCode})` : String(error)
  say(`${problem}; asking VOD again, for about three minutes`)
}

/** Returns a function that passes on its first call only. */
function once<T>(act: (given: T) => void): (given: T) => void {
  let isDone = false
  return (given) => {
    if (!isDone) act(given)
    isDone = true
  }
}

/** Returns true if no finding is left. What is paused, stuck elsewhere, or could not be asked is printed but does not count. */
function isGood({ findings, notAsked }: Audit): boolean {
  const left = findings.filter(
    (finding) =>
      !finding.repaired && (finding.kind !== 'stuck' || (finding.ours && finding.reason !== 'paused')),
  )
  return left.length === 0 && notAsked.length === 0
}

function textOf({
  findings,
  notAsked,
  unasked,
  tasks,
  foreign,
  forged,
  otherAccounts,
  runs,
  retentionMs,
  windowMs,
}: Audit): string[] {
  const hours = windowMs / hour
  const days = Math.round(retentionMs / day)
  return [
    ...findings.map(
      (finding) => `${finding.repaired ? 'repaired ' : 'found    '}${sentenceOf(finding)}${nextOf(finding)}`,
    ),
    ...notAsked.map((each) => `unknown  ${notAskedText(each)}.`),
    ...unasked.map(
      ({ workflowId, TaskId, why }) =>
        `unknown  could not ask ${workflowId} whether it still waits for ${TaskId}: ${why}.`,
    ),
    `${counted(tasks, 'task')} of the last ${counted(hours, 'hour')} (${foreign} of other systems, ${forged} with a forged token), ${counted(runs, 'run')}, ${counted(findings.length, 'finding')}.`,
    ...otherAccounts.map(
      ({ account, tasks: count }) =>
        `Tokens of ${counted(count, 'task')} name account ${account}: run vodflow audit --account ${account} with the keys of that account.`,
    ),
    `VOD lists the tasks of ${mostHours} hours, except knowledge imports; a listing may lag by a minute.`,
    `Temporal keeps runs for ${counted(days, 'day')} after their end; tasks of older runs are not checked.`,
  ]
}

function sentenceOf(finding: AuditFinding): string {
  switch (finding.kind) {
    case 'duplicate':
      return `billed ${finding.TaskIds.length} times: ${finding.TaskType} of ${finding.workflowId} (SessionId ${finding.SessionId}): ${finding.TaskIds.join(', ')}.`
    case 'taskWithoutRun':
      return `no run waits for ${finding.TaskId} (${finding.Status}, file ${finding.FileId}): its run ${finding.workflowId} is ${finding.run}.`
    case 'runWithoutTask':
      return `no task of ${finding.workflowId}, open since ${new Date(finding.startedAt).toISOString()}, phase ${finding.phase ?? 'unknown: it could not be asked'}.`
    case 'finishedButWaiting':
      return `${finding.address.workflowId} still waits for ${finding.TaskId}, which ended ${finding.finishedAt === 0 ? '' : `at ${new Date(finding.finishedAt).toISOString()}`}.`
    case 'stuck':
      return `${stuckText(finding)}.`
  }
}

/** Returns the remedy of a finding, or the reason why its repair failed. */
function nextOf(finding: Audit['findings'][number]): string {
  const { repaired, problem } = finding
  if (repaired) return ''
  const remedy = finding.kind === 'stuck' ? finding.remedy : remedies[finding.kind]
  return problem === undefined ? ` ${remedy}` : ` Not repaired: ${problem}`
}

const remedies: Readonly<Record<Exclude<AuditFinding['kind'], 'stuck'>, string>> = {
  duplicate: 'Ask Tencent for a refund with these TaskIds.',
  taskWithoutRun: '--repair adopts it.',
  runWithoutTask: 'Check it in the Temporal UI: its worker may be unable to reach VOD.',
  finishedButWaiting: '--repair wakes it.',
}

function hoursOption(text: string): number {
  const hours = Number(text)
  if (hours > 0 && hours <= mostHours) return hours
  throw new InvalidArgumentError(`Pass a number of hours, at most ${mostHours}: VOD lists no older tasks.`)
}

const help = `
--repair acts on tasks whose token names the account of --account and an application in which VOD lists the task. For other tasks, it
prints which audit repairs them.
Exit code: 0 nothing found, or everything repaired; 2 findings are left, or Temporal could not say which runs are stuck; 1 an error. Paused
runs, stuck runs on task queues that are not vodflow's, and runs that could not be asked are printed but do not count.

Examples:
  vodflow audit --sub-app 1500000001
  vodflow audit --repair --json        # from cron

Environment: the same as for vodflow worker, with the same VODFLOW_MAC_KEYS.
`
