import type { DataConverter, WorkerDeploymentVersion } from '@temporalio/common'
import type { NativeConnection, Worker } from '@temporalio/worker'
import { workflowQueue } from '../contract/queues.js'
import { valid } from '../contract/valid.js'
import { workflowCode } from './bundle.js'
import { identity, shutdownForceMs, shutdownGraceMs } from './callWorkers.js'
import { workerOptions } from './checks.js'
import { versioned } from './deployment.js'
import { endsInTime } from './endsInTime.js'
import { VodflowPlugin } from './plugin.js'
import type { ServedHere, VodflowPluginOptions } from './pluginOptions.js'
import { requireConnection } from './requireOneSdk.js'
import { ownWorker } from './requireOwnWork.js'
import * as sdk from './sdk.js'

/** Options of {@link createVodflowWorker}. */
export interface VodflowWorkerOptions extends ServedHere, Pick<VodflowPluginOptions, 'webhooks'> {
  /** Connection to Temporal. `run` does not close it. */
  readonly connection: NativeConnection
  /** Default `default`. */
  readonly namespace?: string | undefined
  /**
   * E.g. `payloadEncryption(keys)`, as on the clients and the callback service. With a converter path, the workflows are bundled when the
   * worker starts, which takes 1 to 2 s. `run` rejects if the converter does not return values unchanged. Default: plain JSON, which is
   * refused if VODFLOW_PAYLOAD_KEYS is set.
   */
  readonly dataConverter?: DataConverter | undefined
  /** Number of waiting runs that are kept in memory. Default: Temporal's, which depends on the size of the heap. */
  readonly maxCachedWorkflows?: number | undefined
  /**
   * For Temporal's worker versioning: runs start on the current build and stay with the build that started them
   * (`temporal worker deployment set-current-version`). Default: not versioned.
   */
  readonly deployment?: WorkerDeploymentVersion | undefined
}

/** Workers that start, run and stop together. */
export interface VodflowWorker {
  /**
   * Polls until {@link VodflowWorker.shutdown}. Rejects with an InvalidInputError if VOD refuses the key of an account when it starts, and if
   * one of the workers fails. The others then stop, and all end within 40 s.
   */
  run(): Promise<void>
  /** Stops polling, and waits up to 20 s for calls in flight. */
  shutdown(): void
  /** Returns Temporal's state of the worker for workflows. It is `RUNNING` while all workers poll. */
  getState(): ReturnType<Worker['getState']>
}

/**
 * Creates workers for everything that a run needs: vodflow's own workflows on the queue `vodflow`, and VOD's calls on their own queues.
 *
 * @throws InvalidInputError for an unknown or invalid option, without an account or a MAC key, or with a deployment that Temporal would refuse
 */
export async function createVodflowWorker(options: VodflowWorkerOptions): Promise<VodflowWorker> {
  const {
    connection,
    namespace = 'default',
    maxCachedWorkflows,
    dataConverter,
    deployment,
    ...plugin
  } = valid(workerOptions, options)
  requireConnection(connection)
  const worker = await sdk.Worker.create({
    ...ownWorker,
    connection,
    namespace,
    identity: identity(),
    plugins: [new VodflowPlugin(plugin), ...(plugin.tracing ? [plugin.tracing.plugin] : [])],
    ...workflowCode({ traced: plugin.tracing !== undefined, dataConverter, connection }),
    ...(dataConverter ? { dataConverter } : {}),
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
    ...(deployment ? { workerDeploymentOptions: versioned(deployment) } : {}),
    taskQueue: workflowQueue,
    shutdownGraceTime: shutdownGraceMs,
    shutdownForceTime: shutdownForceMs,
  })
  return {
    run: () => endsInTime(worker, worker.run()),
    getState: () => worker.getState(),
    shutdown() {
      if (worker.getState() === 'RUNNING') worker.shutdown()
    },
  }
}
