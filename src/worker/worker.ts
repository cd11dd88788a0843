import type { DataConverter } from '@temporalio/common'
import { NativeConnection, Worker } from '@temporalio/worker'
import { workflowQueue } from '../contract/queues.js'
import { workflowCode } from './bundle.js'
import { identity, shutdownForceMs, shutdownGraceMs } from './callWorkers.js'
import { type DeploymentVersion, versioned } from './deployment.js'
import { endsInTime } from './endsInTime.js'
import { VodflowPlugin } from './plugin.js'
import type { ServedHere, VodflowPluginOptions } from './pluginOptions.js'
import { requireOneCopy } from './requireOneSdk.js'

/** Where the worker polls, which accounts it serves, and how it runs. */
export interface VodflowWorkerOptions extends ServedHere, Pick<VodflowPluginOptions, 'webhooks'> {
  readonly connection: NativeConnection
  /** Default `default`. */
  readonly namespace?: string | undefined
  /**
   * E.g. `payloadEncryption(keys)`, as on the clients and the callback service. With a converter path, the workflows are bundled when the
   * worker starts, 1 to 2 s. `run` rejects when it does not return what it was given. Default: plain JSON.
   */
  readonly dataConverter?: DataConverter | undefined
  /** How many waiting runs are kept in memory. Default: Temporal's, from the size of the heap. */
  readonly maxCachedWorkflows?: number | undefined
  /**
   * For Temporal's worker versioning: runs stay with the build that began them, and begin on the current one
   * (`temporal worker deployment set-current-version`). Default: not versioned.
   */
  readonly deployment?: DeploymentVersion | undefined
}

/** Workers that start, run and stop together. */
export interface VodflowWorker {
  /**
   * Polls until {@link VodflowWorker.shutdown}. Rejects when one of the workers fails; the others stop then, and all of them have
   * ended within 40 s.
   */
  run(): Promise<void>
  /** Stops polling and lets calls in flight answer, at most 20 s. */
  shutdown(): void
  /** Temporal's word for what the worker of the workflows does now; `RUNNING` while all of them poll. */
  getState(): ReturnType<Worker['getState']>
}

/**
 * Everything a run needs: vodflow's own workflows on the queue `vodflow`, and with the plugin VOD's calls on queues of their own.
 *
 * @throws InvalidInputError without an account or a MAC key, or with a deployment that Temporal would refuse.
 */
export async function createVodflowWorker(options: VodflowWorkerOptions): Promise<VodflowWorker> {
  const {
    connection,
    namespace = 'default',
    maxCachedWorkflows,
    dataConverter,
    deployment,
    ...plugin
  } = options
  requireOneCopy(connection, NativeConnection)
  const worker = await Worker.create({
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
