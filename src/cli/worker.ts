import type { WorkerDeploymentVersion } from '@temporalio/common'
import type { NativeConnection } from '@temporalio/worker'
import { type Command, Option } from 'commander'
import type { Logger } from 'pino'
import { peersOf } from '../temporal/peers.js'
import { requireFolder } from './files.js'
import { createLog, type LogFlags, temporalLogger, withLogOptions } from './log.js'
import { cannotListen, type ListenAddress, serveHealth } from './operatorServer.js'
import { actionsOption, healthOption, metricsOption, requireOwnPorts, textOption } from './options.js'
import { untilStopped } from './untilStopped.js'

interface WorkerFlags extends LogFlags {
  readonly account: string
  readonly allow: readonly string[]
  readonly idsFolder?: string
  readonly metrics?: ListenAddress
  readonly health?: ListenAddress
  readonly deployment?: string
  readonly buildId?: string
}

export function registerWorker(program: Command): void {
  withLogOptions(program.command('worker'))
    .description('runs the workflows and the calls to VOD')
    .option('--account <alias>', 'alias of the account whose keys this worker uses', textOption, 'default')
    .option(
      '--allow <actions>',
      'actions that workflows may call in addition to reads, comma-separated',
      actionsOption,
      [],
    )
    .option('--ids-folder <folder>', 'folder with the id files of batches', textOption)
    .addOption(
      new Option('--deployment <name>', 'worker versioning: the name of the Worker Deployment')
        .env('TEMPORAL_DEPLOYMENT_NAME')
        .argParser(textOption),
    )
    .addOption(
      new Option('--build-id <id>', 'worker versioning: the build id of this worker')
        .env('TEMPORAL_WORKER_BUILD_ID')
        .argParser(textOption),
    )
    .addOption(healthOption())
    .addOption(metricsOption())
    .addHelpText('after', help)
    .action(async (flags: WorkerFlags) => {
      const { account, allow, idsFolder, metrics, health, deployment, buildId, ...logFlags } = flags
      requireOwnPorts(['--metrics', metrics], ['--health', health])
      const version = versionOf(deployment, buildId)
      const { loadTemporalSettings } = await import('../temporal/settings.js')
      const { NativeConnection } = await import('../worker/sdk.js')
      const { createVodflowWorker, encryptionFromEnv, parseMacKeys, watchGauges } = await import(
        '../worker/index.js'
      )
      const { endpointOfEnvironment } = await import('../vod/endpoint.js')
      const { isUp } = await import('../worker/endsInTime.js')
      const { payloadsText, warnOfUnknownVariables } = await import('./secured.js')
      const { Client } = await import('@temporalio/client')
      const { watchPayloadKeys, watchWorkers } = await import('./watchWorkers.js')
      const { printsOf } = await import('../worker/printsOf.js')
      const { requireNamespace, watchNamespace } = await import('./watchNamespace.js')
      const macKeys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
      const endpoint = endpointOfEnvironment()
      const own = await printsOf(endpoint, { macKeys, allow })
      if (idsFolder !== undefined)
        await requireFolder({
          option: '--ids-folder',
          path: idsFolder,
          remedy: 'pass the folder with files of ids',
        })
      const log = await createLog(logFlags)
      warnOfUnknownVariables(log)
      let state = () => 'STARTING'
      let isRunning = false
      const stopped = untilStopped().then(() => {
        if (!isRunning) process.exit(0)
        // Calls in flight may still return after the worker of the workflows has stopped.
        state = () => 'STOPPING'
      })
      // Start it before Temporal's runtime, which would keep the process alive if this address is taken.
      const probes = health ? await serveHealth(health, () => state()) : undefined
      await installRuntime(log, { metrics, ...logFlags })
      const { namespace = 'default', connectionOptions } = loadTemporalSettings()
      const connection = await NativeConnection.connect(connectionOptions).catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error)
        throw new Error(
          `Temporal at ${connectionOptions.address} cannot be reached (${problem}); set TEMPORAL_ADDRESS, or start one: temporal server start-dev`,
        )
      })
      const over = new AbortController()
      const address = connectionOptions.address ?? 'localhost:7233'
      const watched = { connection, address, namespace, logger: log, signal: over.signal }
      await requireNamespace(watched)
      await warnOfRetention(watched)
      const worker = await createVodflowWorker({
        connection,
        namespace,
        accounts: { [account]: endpoint },
        macKeys,
        ...encryptionFromEnv(),
        allow,
        deployment: version,
        idsFolder,
      }).catch(async (error: unknown) => {
        // An open connection would keep the process alive.
        await connection.close()
        throw error
      })
      isRunning = true
      const running = worker.run()
      const known = watchNamespace(watched)
      const client = new Client({ connection, namespace, ...encryptionFromEnv() })
      const watch = { client, logger: log, signal: over.signal }
      const compared = [watchPayloadKeys(watch), watchWorkers({ ...watch, own, account })]
      state = () => (isUp(worker.getState()) ? worker.getState() : 'FAILED')
      const stopWatching = metrics ? watchGauges({ connection, namespace, accounts: [account] }) : undefined
      console.log(
        `vodflow worker: namespace ${namespace} at ${address}, account ${account}${
          version ? `, deployment ${version.deploymentName} build ${version.buildId}` : ''
        }, ${payloadsText()}`,
      )
      // A failure ends the process without closing connections first, so that a supervisor restarts it.
      await Promise.race([stopped, known, running.then(endedAlone)])
      worker.shutdown()
      await running
      over.abort()
      await Promise.all([known, ...compared])
      await stopWatching?.()
      await connection.close()
      await probes?.close()
    })
}

/** Warns early of a retention so short that a task could later be billed twice. */
async function warnOfRetention({
  connection,
  namespace,
  logger,
}: {
  readonly connection: NativeConnection
  readonly namespace: string
  readonly logger: Logger
}): Promise<void> {
  const { retentionOf } = await import('../temporal/retention.js')
  // A key that may not read the retention must not stop the worker.
  const { problem } = await retentionOf(connection, namespace).catch(() => ({ problem: undefined }))
  if (problem)
    logger.warn(
      { namespace, problem: problem.what, fix: problem.fix },
      'the retention of the namespace is too short',
    )
}

function endedAlone(): never {
  throw new Error('the worker has ended without a signal; see its log')
}

function versionOf(
  deploymentName: string | undefined,
  buildId: string | undefined,
): WorkerDeploymentVersion | undefined {
  if (deploymentName !== undefined && buildId !== undefined) return { deploymentName, buildId }
  if (deploymentName === undefined && buildId === undefined) return undefined
  throw new Error('--deployment and --build-id belong together; pass both, or neither')
}

/** Sends Temporal's own logs and metrics where vodflow's go. Must be called once, before the first connection. */
async function installRuntime(
  log: Logger,
  { metrics, logLevel }: Pick<LogFlags, 'logLevel'> & { readonly metrics: ListenAddress | undefined },
): Promise<void> {
  const { Runtime } = await import('../worker/sdk.js')
  const { prometheusMetrics } = await import('../worker/index.js')
  const core = logLevel === 'trace' ? 'TRACE' : logLevel === 'debug' ? 'DEBUG' : 'WARN'
  try {
    Runtime.install({
      logger: temporalLogger(log),
      telemetryOptions: {
        logging: { forward: {}, filter: { core, other: 'WARN' } },
        ...(metrics ? { metrics: prometheusMetrics(addressText(metrics)) } : {}),
      },
    })
  } catch (error) {
    throw metrics ? cannotListen('--metrics', error instanceof Error ? error.message : String(error)) : error
  }
}

function addressText({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const help = `
Needs ${peersOf['vodflow/worker'].join(', ')}.

Examples:
  vodflow worker
  vodflow worker --metrics 0.0.0.0:9464 --health 0.0.0.0:9463 --log-format json
  vodflow worker --deployment vodflow --build-id 1.4.0
  vodflow worker --allow ModifyMediaInfo,DeleteMedia --ids-folder /var/lib/vodflow

Exit code: 0 stopped by SIGTERM, SIGINT or SIGHUP, 1 it could not start or has failed; restart it.

Environment:
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...   Temporal's own configuration
  TENCENTCLOUD_SECRET_ID, _SECRET_KEY         or ~/.tencentcloud/credentials, or the CVM role
  VODFLOW_MAC_KEYS                            k1:<at least 32 random characters>
  VODFLOW_VOD_ENDPOINT                        default https://vod.intl.tencentcloudapi.com
`
