import { hostname, userInfo } from 'node:os'
import type { Client } from '@temporalio/client'
import type { Command } from 'commander'
import { plain } from '../contract/visible.js'
import { taskQueueType } from '../temporal/enums.js'
import type { AccountSubmits, SubmitQueue } from '../temporal/submits.js'
import { textOption } from './options.js'
import { notGood, print, timeOf } from './print.js'
import { withVodflow } from './session.js'

interface SubmitsFlags {
  readonly account: string
  readonly json: boolean
}

/** Registers `submits`, the emergency stop: VOD receives no new tasks until an operator resumes. */
export function registerSubmits(program: Command): void {
  const submits = program
    .command('submits')
    .description('stops and resumes all submits of an account without losing any')
    .addHelpText('after', help)
  const of = (name: string, description: string) =>
    submits
      .command(name)
      .description(description)
      .option('--account <alias>', 'alias of the account', textOption, 'default')
      .option('--json', 'print one JSON object', false)
  const change = (name: 'stop' | 'resume', description: string, done: string) =>
    of(name, description)
      .requiredOption(
        '--reason <text>',
        'reason; shown by `vodflow submits show` and `vodflow doctor`',
        textOption,
      )
      .addHelpText('after', `\nExample:\n  vodflow submits ${name} --account default --reason "${done}"\n`)
      .action(async ({ account, json, reason }: SubmitsFlags & { readonly reason: string }) => {
        const { resumeSubmits, stopSubmits, submitsOf } = await import('../temporal/submits.js')
        const set = name === 'stop' ? stopSubmits : resumeSubmits
        const by = `${userInfo().username}@${hostname()}`
        await withVodflow({}, async ({ client }) => {
          const before = await submitsOf(client, account).catch(explain)
          for (const line of limitsOfOthers(before))
            console.error(`vodflow: ${plain(`${name} replaces ${line}`)}`)
          const after = await set(client, account, { reason, by }).catch(explain)
          print(json, after, () => textOf(after))
          await warnIfUnserved(client, after)
        })
      })
  change('stop', 'submits nothing more; tasks that VOD has accepted continue and are read', 'wrong template')
  change('resume', 'submits the waiting requests, at the rate of the workers', 'template corrected')
  of('show', 'shows whether submits are stopped and how many wait; exit code 2 if they are stopped')
    .addHelpText('after', '\nExample:\n  vodflow submits show --account default\n')
    .action(async ({ account, json }: SubmitsFlags) => {
      const { submitsOf } = await import('../temporal/submits.js')
      await withVodflow({}, async ({ client }) => {
        const now = await submitsOf(client, account).catch(explain)
        print(json, now, () => textOf(now))
        if (now.queues.some(({ perSecond }) => perSecond === 0)) process.exitCode = notGood
        await warnIfUnserved(client, now)
      })
    })
}

/** Warns if no worker serves the account, because Temporal accepts a limit for the task queues of a misspelled alias, too. */
async function warnIfUnserved(client: Client, { account, queues }: AccountSubmits): Promise<void> {
  const { polledBy } = await import('../client/pollers.js')
  const polled = await Promise.all(
    queues.map(({ taskQueue }) => polledBy(client, { name: taskQueue, kind: taskQueueType.activity })),
  )
  const isServed = polled.some(({ pollers }) => pollers.length > 0)
  if (isServed || queues.some(({ waiting }) => waiting > 0)) return
  console.error(
    `vodflow: no worker serves the account "${plain(account)}", and no submit waits in it; check the spelling of the alias`,
  )
  process.exitCode = notGood
}

function textOf({ account, stopped, queues }: AccountSubmits): string[] {
  const some = queues.some(({ perSecond }) => perSecond === 0)
  const state = stopped
    ? 'are stopped'
    : some
      ? 'are partly stopped: stop or resume them again'
      : 'are not stopped'
  return [
    `submits of account ${account} ${state}`,
    ...queues.map((queue) => `  ${queue.taskQueue}  ${queue.waiting} wait, ${rateText(queue)}`),
  ]
}

function rateText({ perSecond, set }: SubmitQueue): string {
  const rate = perSecond === undefined ? 'no limit' : `${perSecond} a second`
  return set ? `${rate}, set at ${timeOf(set.since)} by ${set.by}: ${set.reason}` : rate
}

/** Returns the limits that an operator set for another purpose. `resume` does not restore them. */
function limitsOfOthers({ queues }: AccountSubmits): string[] {
  return queues.flatMap((queue) =>
    queue.set && queue.perSecond !== 0 ? [`the limit of ${queue.taskQueue}: ${rateText(queue)}`] : [],
  )
}

async function explain(error: unknown): Promise<never> {
  const { grpc, grpcCodeOf } = await import('../temporal/grpc.js')
  const code = grpcCodeOf(error)
  if (code === grpc.unimplemented)
    throw new Error(
      'This Temporal server has no UpdateTaskQueueConfig; update it (1.32 has it), or stop the workers of this account, which stops its reads too',
      { cause: error },
    )
  if (code === grpc.permissionDenied)
    throw new Error(
      'Temporal does not allow this key to change task queues; use a key that may write to the namespace',
      {
        cause: error,
      },
    )
  throw error
}

const help = `
Sets the rate limit of the account's submit queues in Temporal to 0. New runs wait, runs that already wait for VOD end as usual, and a
cancel aborts what it can. Other writes by callVod also wait. The stop applies to every worker of the account and survives restarts,
until you resume.
Exit code: 0 done; 2 show found them stopped, or no worker serves the account, so check the spelling of the alias; 1 an error.
`
