import type { Command } from 'commander'
import { portOption, textOption } from './options.js'
import { untilStopped } from './untilStopped.js'

export function registerCallbacks(program: Command): void {
  program
    .command('callbacks')
    .description("the callback service: takes VOD's events, wakes the runs that wait; needs no Tencent key")
    .requiredOption('--port <port>', 'port; 0 is any that is free', portOption)
    .option('--host <address>', '0.0.0.0 to be reached from outside', textOption, '127.0.0.1')
    .addHelpText('after', help)
    .action(async ({ port, host }: { port: number; host: string }) => {
      const { Client, Connection } = await import('@temporalio/client')
      const { loadClientConnectConfig } = await import('@temporalio/envconfig')
      const { createDelivery, createPushHandler, parseMacKeys, quickReconnect, startCallbackServer } =
        await import('../callbacks/index.js')
      const keys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
      const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
      const logger = { info: log('info'), warn: log('warn') }
      const connection = Connection.lazy({ ...connectionOptions, channelArgs: quickReconnect })
      const handler = createPushHandler({
        keys,
        deliver: createDelivery({ client: new Client({ connection, namespace }), logger }),
        ...given('signKey', process.env.VODFLOW_SIGN_KEY),
        ...given('forwardTo', process.env.VODFLOW_FORWARD_TO),
        logger,
      })
      const server = await startCallbackServer({ handler, port, host })
      const stopped = untilStopped()
      console.log(`vodflow callbacks on ${server.url}`)
      // Events are held meanwhile, so it is no reason not to start.
      connection
        .withDeadline(Date.now() + 5_000, () => connection.workflowService.describeNamespace({ namespace }))
        .catch((error: unknown) => {
          const problem = error instanceof Error ? error.message : String(error)
          const temporal = connectionOptions.address ?? 'localhost:7233'
          logger.warn({ temporal, namespace, problem }, 'Temporal does not answer; check TEMPORAL_ADDRESS')
        })
      await stopped
      await server.close()
      await connection.close()
    })
}

function given<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value ? ({ [name]: value } as Record<K, string>) : {}
}

/** One JSON object a line, on standard error. */
function log(level: string) {
  return (fields: object, message: string) =>
    console.error(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }))
}

const help = `
Environment:
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...   Temporal's own configuration
  VODFLOW_MAC_KEYS                            the same keys as the worker's
  VODFLOW_SIGN_KEY                            the SignKey of ModifyEventConfig, if one is set
  VODFLOW_FORWARD_TO                          URL that gets every event that is not vodflow's
`
