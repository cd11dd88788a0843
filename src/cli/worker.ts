import type { Command } from 'commander'
import type { Logger } from 'pino'
import { createLog, type LogFlags, temporalLogger, withLogOptions } from './log.js'
import { type MetricsAddress, metricsProblem } from './metricsServer.js'
import { actionsOption, metricsOption, textOption } from './options.js'
import { untilStopped } from './untilStopped.js'

interface WorkerFlags extends LogFlags {
  readonly account: string
  readonly allow: readonly string[]
  readonly idsFolder?: string
  readonly metrics?: MetricsAddress
}

export function registerWorker(program: Command): void {
  withLogOptions(program.command('worker'))
    .description('runs the workflows and the calls to VOD')
    .option('--account <alias>', 'alias of the account whose keys this worker has', textOption, 'default')
    .option(
      '--allow <actions>',
      'actions beside the reads that workflows may call, comma-separated',
      actionsOption,
      [],
    )
    .option('--ids-folder <folder>', 'where batches find their files of ids', textOption)
    .addOption(metricsOption())
    .addHelpText('after', help)
    .action(async ({ account, allow, idsFolder, metrics, ...logFlags }: WorkerFlags) => {
      const { loadClientConnectConfig } = await import('@temporalio/envconfig')
      const { NativeConnection } = await import('@temporalio/worker')
      const { createVodflowWorker, parseMacKeys, watchOverdue } = await import('../worker/index.js')
      const macKeys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
      const log = await createLog(logFlags)
      await installRuntime(log, { metrics, ...logFlags })
      const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
      const connection = await NativeConnection.connect(connectionOptions).catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error)
        throw new Error(
          `Temporal at ${connectionOptions.address} cannot be reached (${problem}); set TEMPORAL_ADDRESS, or start one: temporal server start-dev`,
        )
      })
      const endpoint = process.env.VODFLOW_VOD_ENDPOINT
      const worker = await createVodflowWorker({
        connection,
        namespace,
        accounts: { [account]: endpoint ? { endpoint } : {} },
        macKeys,
        allow,
        ...(idsFolder === undefined ? {} : { idsFolder }),
      })
      const running = worker.run()
      const stopWatching = metrics ? watchOverdue(connection, namespace) : undefined
      console.log(
        `vodflow worker: namespace ${namespace} at ${connectionOptions.address}, account ${account}`,
      )
      await Promise.race([untilStopped(), running])
      worker.shutdown()
      await running
      await stopWatching?.()
      await connection.close()
    })
}

/** Once, before the first connection: Temporal's own logs and metrics go where vodflow's go. */
async function installRuntime(
  log: Logger,
  { metrics, logLevel }: Pick<LogFlags, 'logLevel'> & { readonly metrics: MetricsAddress | undefined },
): Promise<void> {
  const { Runtime } = await import('@temporalio/worker')
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
    throw metrics ? metricsProblem(error instanceof Error ? error.message : String(error)) : error
  }
}

function addressText({ host, port }: MetricsAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const help = `
Examples:
  vodflow worker
  vodflow worker --metrics 0.0.0.0:9464 --log-format json
  vodflow worker --allow ModifyMediaInfo,DeleteMedia --ids-folder /var/lib/vodflow
Environment:
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...   Temporal's own configuration
  TENCENTCLOUD_SECRET_ID, _SECRET_KEY         or ~/.tencentcloud/credentials, or the CVM role
  VODFLOW_MAC_KEYS                            k1:<at least 32 random characters>
  VODFLOW_VOD_ENDPOINT                        default https://vod.intl.tencentcloudapi.com
`
