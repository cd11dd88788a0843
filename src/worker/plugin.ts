import { Client } from '@temporalio/client'
import { SimplePlugin } from '@temporalio/plugin'
import {
  type BundleOptions,
  type NativeConnection,
  type ReplayWorkerOptions,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker'
import { createOwnActivities, createWebhookActivities, type VodActivities } from '../activities/index.js'
import { createPollerCheck } from '../client/pollers.js'
import { InvalidInputError } from '../contract/errors.js'
import { checkCredentialFile } from '../vod/credentials.js'
import { interceptorsPath, preloadPath } from './bundle.js'
import { createCalls, createCompanions, isCompanion } from './callWorkers.js'
import { endsInTime } from './endsInTime.js'
import { endTogether, stopAll } from './endTogether.js'
import { observeReads } from './observe.js'
import {
  checkPluginOptions,
  isServedHere,
  pluginName,
  type ServedHere,
  type VodflowPluginOptions,
} from './pluginOptions.js'
import { repairFailures } from './repairFailures.js'
import { requireOneCopy, requireOneVersion } from './requireOneSdk.js'
import { requireReadable } from './requireReadable.js'

/**
 * What a worker of yours needs so that its workflows can await vodflow's steps: `plugins: [new VodflowPlugin({ ... })]`, given to
 * `Worker.create`, and to `bundleWorkflowCode` too where the workflows are bundled before. Your workflow file re-exports those of
 * vodflow's workflows that your worker shall serve as well.
 *
 * It adds interceptors and the activities `sendWebhook` and `DescribeTaskDetail`, and beside your worker it runs others: for VOD's calls, which have task
 * queues of their own, and for vodflow's own workflows (the sweep, batches, uploads). These have the data converter of your worker; what
 * else they are to have, as interceptors, comes from a plugin of the connection. One plugin for a process: a second worker in it
 * takes `servedElsewhere`, which makes sure at the start that other workers do all of that.
 */
export class VodflowPlugin extends SimplePlugin {
  readonly #options: VodflowPluginOptions
  /** Undefined where other processes do VOD's calls. */
  readonly #here: { readonly served: ServedHere; readonly calls: VodActivities } | undefined
  /** On every worker with workflows that await a step. */
  readonly #own: object

  /** @throws InvalidInputError without an account or a MAC key, or with a webhook that cannot be sent to. */
  constructor(options: VodflowPluginOptions) {
    checkPluginOptions(options)
    const here = isServedHere(options) ? { served: options, calls: createCalls(options) } : undefined
    const own = { ...createWebhookActivities(options.webhooks ?? {}), ...createOwnActivities(here?.calls) }
    super({
      name: pluginName,
      activities: (theirs: object = {}) => withoutClash(theirs, own),
      workerInterceptors: { workflowModules: [interceptorsPath()], activity: [repairFailures, observeReads] },
    })
    requireOneVersion()
    this.#options = options
    this.#here = here
    this.#own = own
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    if (isCompanion(options)) return options
    refuseTwice(options.plugins)
    return super.configureWorker(options)
  }

  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    refuseTwice(options.plugins)
    return super.configureReplayWorker(options)
  }

  override configureBundler(options: BundleOptions): BundleOptions {
    refuseTwice(options.plugins)
    const { preloadModules = [] } = options
    return { ...super.configureBundler(options), preloadModules: [...preloadModules, preloadPath()] }
  }

  /** Temporal runs a worker once, so its companions start here, and all of them end here. */
  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (isCompanion(worker.options)) return next(worker)
    requireOneCopy(worker, Worker)
    // Before anything is awaited: Temporal's `runUntil` stops only a worker that is running, and never comes back to one that was not.
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
    if (this.#here) {
      for (const { credentials } of Object.values(this.#here.served.accounts))
        await checkCredentialFile(credentials)
      return createCompanions({ ...this.#here, beside: options, own: this.#own })
    }
    if (!isServedHere(this.#options)) await requireServed(this.#options.servedElsewhere, options)
    return []
  }
}

/** Temporal would take the later one in silence. */
function withoutClash(theirs: object, ours: object): object {
  const clash = Object.keys(ours).find((activity) => activity in theirs)
  if (clash === undefined) return { ...theirs, ...ours }
  const remedy = 'give yours another name; vodflow needs this one'
  throw new InvalidInputError([
    { field: 'activities', problem: `"${clash}" is an activity of yours and of vodflow`, remedy },
  ])
}

function refuseTwice(plugins: readonly { readonly name: string }[] | undefined): void {
  if ((plugins ?? []).filter((plugin) => plugin.name === pluginName).length < 2) return
  const remedy = 'give it once: to Worker.create (and bundleWorkflowCode), or to the NativeConnection'
  throw new InvalidInputError([{ field: 'plugins', problem: 'VodflowPlugin is registered twice', remedy }])
}

const answerTimeoutMs = 10_000

/**
 * A step whose queue no worker polls waits in silence. So a worker that leaves VOD's calls, and vodflow's own workflows, to others looks
 * for them when it starts.
 *
 * @throws NoWorkerError with the name of every queue that no worker polls.
 */
async function requireServed(
  accounts: readonly string[],
  { connection, namespace }: { readonly connection?: NativeConnection; readonly namespace: string },
): Promise<void> {
  if (!connection) {
    const remedy = 'give the worker a NativeConnection'
    throw new InvalidInputError([{ field: 'connection', problem: 'missing', remedy }])
  }
  const check = createPollerCheck(new Client({ connection, namespace }), {
    answerTimeoutMs,
    anyBuild: true,
  })
  for (const account of accounts) await check.requireWorkers(account)
}
