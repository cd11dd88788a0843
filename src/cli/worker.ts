import type { Command } from 'commander'
import { actionsOption, textOption } from './options.js'
import { untilStopped } from './untilStopped.js'

interface WorkerFlags {
  readonly account: string
  readonly allow: readonly string[]
  readonly idsFolder?: string
}

export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('runs the workflows and the calls to VOD')
    .option('--account <alias>', 'alias of the account whose keys this worker has', textOption, 'default')
    .option(
      '--allow <actions>',
      'actions beside the reads that workflows may call, comma-separated',
      actionsOption,
      [],
    )
    .option('--ids-folder <folder>', 'where batches find their files of ids', textOption)
    .addHelpText('after', help)
    .action(async ({ account, allow, idsFolder }: WorkerFlags) => {
      const { loadClientConnectConfig } = await import('@temporalio/envconfig')
      const { NativeConnection } = await import('@temporalio/worker')
      const { createVodflowWorker, parseMacKeys } = await import('../worker/index.js')
      const macKeys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
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
      console.log(
        `vodflow worker: namespace ${namespace} at ${connectionOptions.address}, account ${account}`,
      )
      await Promise.race([untilStopped(), running])
      worker.shutdown()
      await running
      await connection.close()
    })
}

const help = `
Examples:
  vodflow worker
  vodflow worker --allow ModifyMediaInfo,DeleteMedia --ids-folder /var/lib/vodflow
Environment:
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...   Temporal's own configuration
  TENCENTCLOUD_SECRET_ID, _SECRET_KEY         or ~/.tencentcloud/credentials, or the CVM role
  VODFLOW_MAC_KEYS                            k1:<at least 32 random characters>
  VODFLOW_VOD_ENDPOINT                        default https://vod.intl.tencentcloudapi.com
`
