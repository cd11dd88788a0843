import { resolve } from 'node:path'
import type { Client } from '@temporalio/client'
import type { Command } from 'commander'
import { counted } from '../contract/counted.js'
import { workflowQueue } from '../contract/queues.js'
import { taskQueueType } from '../temporal/enums.js'
import { quoted } from '../temporal/listQuery.js'
import { peersOf } from '../temporal/peers.js'
import type { NewCode, ReplayReport } from '../worker/replay.js'
import { requireFile } from './files.js'
import { countOption, textOption } from './options.js'
import { notGood, print } from './print.js'
import { withVodflow } from './session.js'

interface VerifyUpgradeFlags {
  readonly workflows?: string
  readonly bundle?: string
  readonly taskQueue?: string
  readonly limit?: number
  readonly json: boolean
}

/** Default limit. The history of a run can have several megabytes. */
const mostReplayed = 1_000
/** Maximum number of task queues that the error lists if the given one is not in use. */
const mostNamed = 10

export function registerVerifyUpgrade(program: Command): void {
  program
    .command('verify-upgrade')
    .description(
      'replays the open runs on workflow code that is not deployed yet, and lists those that would break',
    )
    .option('--workflows <file>', 'a module with your own workflows', textOption)
    .option('--bundle <file>', 'a bundle with your own workflows', textOption)
    .option(
      '--task-queue <name>',
      'the task queue that the code will serve; needed with your own workflows',
      textOption,
    )
    .option(
      '--limit <number>',
      `replay at most this many, latest first; a sample is enough (default: ${mostReplayed})`,
      countOption,
    )
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', help)
    .action(async ({ json, limit, ...flags }: VerifyUpgradeFlags) => {
      const code = codeOf(flags)
      await requireCode(flags)
      const taskQueue = flags.taskQueue ?? workflowQueue
      const { encryptionFromEnv } = await import('../worker/index.js')
      const { replayOpenRuns } = await import('../worker/replay.js')
      await quietRuntime()
      await withVodflow({}, async ({ client }) => {
        await requireInUse(client, taskQueue)
        const replayed = await replayOpenRuns({
          client,
          taskQueue,
          code,
          limit: limit ?? mostReplayed,
          ...encryptionFromEnv(),
        })
        print(json, { taskQueue, ...replayed }, () => textOf(taskQueue, replayed))
        const unseen = limit === undefined && replayed.left > 0
        if (replayed.broken.length > 0 || unseen) process.exitCode = notGood
      })
    })
}

function codeOf({ workflows, bundle, taskQueue }: Omit<VerifyUpgradeFlags, 'json' | 'limit'>): NewCode {
  if (workflows !== undefined && bundle !== undefined)
    throw new Error('pass --workflows or --bundle, not both')
  const path = workflows ?? bundle
  if (path === undefined) return { kind: 'vodflow' }
  if (taskQueue === undefined)
    throw new Error('--task-queue is missing; pass the task queue of your own workflows')
  return { kind: bundle === undefined ? 'module' : 'bundle', path: resolve(path) }
}

async function requireCode({
  workflows,
  bundle,
}: Pick<VerifyUpgradeFlags, 'workflows' | 'bundle'>): Promise<void> {
  const remedy = 'pass the path of the file'
  if (workflows !== undefined) await requireFile({ option: '--workflows', path: workflows, remedy })
  if (bundle !== undefined) await requireFile({ option: '--bundle', path: bundle, remedy })
}

/** Temporal has no list of task queues, and answers for an unknown name as for a queue without runs. */
async function requireInUse(client: Client, taskQueue: string): Promise<void> {
  const [{ openIn }, { polledBy }, { queuesOfRuns }] = await Promise.all([
    import('../client/openRuns.js'),
    import('../client/pollers.js'),
    import('../client/queuesOfRuns.js'),
  ])
  const { count } = await client.workflow.count(`TaskQueue = ${quoted(taskQueue)}`)
  if (count > 0) return
  const { pollers } = await polledBy(client, { name: taskQueue, kind: taskQueueType.workflow })
  if (pollers.length > 0) return
  const others = await queuesOfRuns(client, await openIn(client), mostNamed)
  const { namespace } = client.options
  const where =
    others.length === 0
      ? `the namespace "${namespace}" has no open run at all, so also check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE`
      : `open runs of the namespace "${namespace}" are on ${others.map(({ name }) => `"${name}"`).join(', ')}`
  throw new Error(
    `nothing was checked: no run, open or ended, is on the task queue "${taskQueue}", and no worker polls it; pass the taskQueue of your Worker.create with --task-queue; ${where}; before a first deployment there is nothing to check`,
  )
}

/** Silences the log of Temporal's runtime, because the command itself reports what breaks. */
async function quietRuntime(): Promise<void> {
  const { DefaultLogger, Runtime } = await import('../worker/sdk.js')
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  })
}

function textOf(
  taskQueue: string,
  { replayed, left, pinned, broken, buildsUnknown }: ReplayReport,
): string[] {
  return [
    ...broken.map(({ workflowId, problem }) => `BROKEN ${workflowId}: ${problem}`),
    replayed + left + pinned === 0
      ? `No run of "${taskQueue}" is open; nothing was checked.`
      : `${counted(replayed, 'open run')} of "${taskQueue}" replayed, ${broken.length} would break.`,
    ...(left > 0
      ? [`The ${left} oldest were not replayed: raise --limit, or pass it to accept a sample.`]
      : []),
    ...(buildsUnknown
      ? ['This key may not read builds, so runs that are pinned to a build were also replayed.']
      : []),
    ...(pinned > 0 ? [`${pinned} end on the build that they are pinned to.`] : []),
    ...(broken.length > 0
      ? [
          'Do not deploy this code: keep the old behavior for these runs with patched() of @temporalio/workflow.',
        ]
      : []),
  ]
}

const help = `
Without --workflows and --bundle, replays vodflow's own runs on the workflows of this installation: run it with the new version before you
restart the workers. Reads histories and changes nothing. Encrypted payloads need VODFLOW_PAYLOAD_KEYS.
Replays the latest ${mostReplayed} runs unless you pass --limit.
The task queue is the taskQueue of your Worker.create. A task queue that never had a run and that no worker polls is an error, because
nothing would be checked.
Needs ${peersOf['vodflow/worker'].join(', ')}.
Exit code: 0 every replayed run can continue, or no run is open; 2 a run would break, or runs were left out without --limit; 1 an error.

Examples:
  vodflow verify-upgrade
  vodflow verify-upgrade --workflows src/workflows.ts --task-queue pipelines --json
`
