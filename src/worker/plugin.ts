import { Client } from '@temporalio/client'
import type { SimplePlugin } from '@temporalio/plugin'
import type {
  BundleOptions,
  BundlerPlugin,
  NativeConnection,
  ReplayWorkerOptions,
  Worker,
  WorkerOptions,
  WorkerPlugin,
} from '@temporalio/worker'
import { activityNames, createOwnActivities, createWebhookActivities } from '../activities/index.js'
import { createPollerCheck } from '../client/pollers.js'
import { InvalidInputError } from '../contract/errors.js'
import { valid } from '../contract/valid.js'
import { dataConverterOfWorker } from '../temporal/dataConverter.js'
import { interceptorsPath, preloadPath } from './bundle.js'
import { type AccountCalls, createCalls, createCompanions, isCompanion } from './callWorkers.js'
import { pluginOptions } from './checks.js'
import { endsInTime } from './endsInTime.js'
import { endTogether, stopAll } from './endTogether.js'
import { withLongExecution } from './longExecution.js'
import { observeReads } from './observe.js'
import {
  accountsOf,
  isServedHere,
  pluginName,
  type ServedHere,
  type VodflowPluginOptions,
} from './pluginOptions.js'
import { repairFailures } from './repairFailures.js'
import { requireAcceptedKeys } from './requireAcceptedKeys.js'
import { requireConnection, requireOneCopy, requireOneVersion } from './requireOneSdk.js'
import { requireOwnWork } from './requireOwnWork.js'
import { requireReadable } from './requireReadable.js'
import * as sdk from './sdk.js'
import { warnOfPayloadKeys } from './warnOfPayloadKeys.js'

/**
 * Lets the workflows of your own worker await vodflow's steps. Pass `plugins: [new VodflowPlugin({ ... })]` to `Worker.create`, and also
 * to `bundleWorkflowCode` if you bundle your workflows in advance. If your worker should serve some of vodflow's workflows too, re-export
 * these from your workflow file. `Worker.create` refuses a task queue of vodflow (`vodflow`, and names that begin with `vodflow.`), and a
 * bundle that was made without the plugin or with another version of vodflow.
 *
 * The plugin adds interceptors and the activities `sendWebhook` and `DescribeTaskDetail`. Next to your worker, it runs workers for VOD's
 * calls, which have their own task queues, and for vodflow's own workflows (the sweep, batches, uploads). These workers have the data
 * converter of your worker. To add anything else to them, e.g. interceptors, use a plugin of the connection. Use one plugin with accounts
 * per process. Pass `servedElsewhere` to a second worker, which then checks at its start that other workers do this work.
 */
export class VodflowPlugin implements WorkerPlugin, BundlerPlugin {
  /** The name by which Temporal tells plugins apart. */
  readonly name = pluginName
  /** Merges what vodflow adds into the options of the worker. */
  readonly #added: SimplePlugin
  readonly #options: VodflowPluginOptions
  /** Undefined if other processes make VOD's calls. */
  readonly #here: ({ readonly served: ServedHere } & AccountCalls) | undefined
  /** Activities for every worker with workflows that await a step. */
  readonly #own: object

  /** @throws InvalidInputError for an unknown or invalid option, or without an account or a MAC key */
  constructor(options: VodflowPluginOptions) {
    valid(pluginOptions, options)
    const here = isServedHere(options) ? { served: options, ...createCalls(options) } : undefined
    const own = { ...createWebhookActivities(options.webhooks ?? {}), ...createOwnActivities(here?.calls) }
    this.#added = new sdk.SimplePlugin({
      name: pluginName,
      activities: (theirs: object = {}) => ({ ...withoutClash(theirs), ...own }),
      workerInterceptors: {
        workflowModules: [interceptorsPath()],
        activity: [repairFailures, observeReads(accountsOf(options))],
      },
    })
    requireOneVersion()
    this.#options = options
    this.#here = here
    this.#own = own
  }

  /** Called by Temporal when a worker is created. Adds the activities and interceptors of vodflow. */
  configureWorker(options: WorkerOptions): WorkerOptions {
    if (isCompanion(options)) return options
    refuseTwice(options.plugins)
    requireOwnWork(options)
    return this.#added.configureWorker(withLongExecution(options))
  }

  /** Called by Temporal when a history is replayed. Adds the interceptors of vodflow. */
  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    refuseTwice(options.plugins)
    return this.#added.configureReplayWorker(withLongExecution(options))
  }

  /** Called by Temporal when workflows are bundled. Adds the interceptors of vodflow. */
  configureBundler(options: BundleOptions): BundleOptions {
    refuseTwice(options.plugins)
    const { preloadModules = [] } = options
    return { ...this.#added.configureBundler(options), preloadModules: [...preloadModules, preloadPath()] }
  }

  /** Runs the worker together with its companions. Temporal calls this once for each worker. */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (isCompanion(worker.options)) return next(worker)
    requireOneCopy(worker, sdk.Worker)
    valid(dataConverterOfWorker, worker.options.dataConverter, 'dataConverter')
    // The worker must run before anything is awaited, because Temporal's `runUntil` stops only a worker that is already running.
    const first = next(worker)
    first.catch(() => {}) // Handled below, after the companions have been created.
    const companions = await this.#companionsOf(worker).catch(async (error: unknown) => {
      stopAll([worker])
      await Promise.allSettled([endsInTime(worker, first)])
      throw error
    })
    const running = companions.map((companion) => ({ worker: companion, running: companion.run() }))
    await endTogether(worker, first, running)
  }

  async #companionsOf({ options }: Worker): Promise<Worker[]> {
    await requireReadable(options)
    await warnOfPayloadKeys(options)
    if (this.#here) {
      await requireAcceptedKeys(Object.keys(this.#here.served.accounts), this.#here.clientFor)
      return createCompanions({ ...this.#here, beside: options, own: this.#own })
    }
    if (!isServedHere(this.#options)) await requireServed(this.#options.servedElsewhere, options)
    return []
  }
}

/**
 * Returns the activities of the user. It throws if one is named like one of vodflow, even if that one runs on another queue: Temporal would
 * silently use one of them, and a reader of a history could not tell them apart.
 */
function withoutClash(theirs: object): object {
  const clash = Object.keys(theirs).find((activity) => activityNames.includes(activity))
  if (clash === undefined) return theirs
  const remedy = 'rename yours, because vodflow needs this name'
  throw new InvalidInputError([
    { field: 'activities', problem: `"${clash}" is an activity of yours and of vodflow`, remedy },
  ])
}

function refuseTwice(plugins: readonly { readonly name: string }[] | undefined): void {
  if ((plugins ?? []).filter((plugin) => plugin.name === pluginName).length < 2) return
  const remedy = 'pass it once: to Worker.create (and bundleWorkflowCode), or to the NativeConnection'
  throw new InvalidInputError([{ field: 'plugins', problem: 'VodflowPlugin is registered twice', remedy }])
}

const answerTimeoutMs = 10_000

/**
 * Checks that other workers make VOD's calls and run vodflow's own workflows. Without them, a step would wait without an error.
 *
 * @throws NoWorkerError that names every queue without a worker
 */
async function requireServed(
  accounts: readonly string[],
  { connection, namespace }: { readonly connection?: NativeConnection; readonly namespace: string },
): Promise<void> {
  requireConnection(connection)
  const check = createPollerCheck(new Client({ connection, namespace }), {
    answerTimeoutMs,
    anyBuild: true,
  })
  for (const account of accounts) await check.requireWorkers(account)
}
