import { type Command, Option } from 'commander'
import type { EventDelivery, EventLogger, MacKeys, PullLoop } from '../callbacks/index.js'
import type { CallbackMetrics } from './callbackMetrics.js'
import { createLog, type LogFlags, withLogOptions } from './log.js'
import { type ListenAddress, serveMetrics } from './operatorServer.js'
import { appOption, metricsOption, portOption, requireOwnPorts, textOption } from './options.js'
import { untilStopped } from './untilStopped.js'

interface CallbacksFlags extends LogFlags {
  readonly port?: number
  readonly host: string
  readonly pull?: readonly (number | 'default')[]
  readonly foreign: 'leave' | 'confirm' | 'forward'
  readonly metrics?: ListenAddress
}

/** Options that pushed and pulled events share. */
interface Inside {
  readonly keys: MacKeys
  readonly deliver: EventDelivery
  readonly logger: EventLogger
}

export function registerCallbacks(program: Command): void {
  withLogOptions(program.command('callbacks'))
    .description("receives VOD's events, pushed or pulled, and wakes the runs that wait for them")
    .option('--port <port>', 'listen for pushed events; 0 takes any free port', portOption)
    .option(
      '--host <address>',
      'address to listen on; 0.0.0.0 accepts connections from outside',
      textOption,
      '127.0.0.1',
    )
    .option('--pull <subAppId>', 'pull the events of a sub-app, or of "default"; repeatable', appOption)
    .addOption(
      new Option('--foreign <what>', "what to do with pulled events that are not vodflow's")
        .choices(['leave', 'confirm', 'forward'])
        .default('leave'),
    )
    .addOption(metricsOption())
    .addHelpText('after', help)
    .action(async (flags: CallbacksFlags, command: Command) => {
      requireWaysIn(flags, command)
      const { port, host, pull = [], foreign, metrics: metricsAddress } = flags
      const { Client, Connection } = await import('@temporalio/client')
      const { channelArgsFor, loadTemporalSettings } = await import('../temporal/settings.js')
      const { encryptionFromEnv } = await import('../temporal/encryption.js')
      const { createDelivery, createPushHandler, parseMacKeys, reconnectOptions, startCallbackServer } =
        await import('../callbacks/index.js')
      const { secretIn } = await import('../contract/secret.js')
      const { payloadsText, warnOfUnknownVariables } = await import('./secured.js')
      const { watchNamespace } = await import('./watchNamespace.js')
      const { watchPayloadKeys, watchWorkers } = await import('./watchWorkers.js')
      const { macKeyPrints } = await import('../contract/seal/prints.js')
      const keys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
      const { namespace = 'default', connectionOptions } = loadTemporalSettings()
      const logger = await createLog(flags)
      warnOfUnknownVariables(logger)
      const connection = Connection.lazy({
        ...connectionOptions,
        channelArgs: { ...reconnectOptions, ...channelArgsFor(connectionOptions.address ?? 'localhost') },
      })
      const client = new Client({ connection, namespace, ...encryptionFromEnv() })
      const deliver = createDelivery({ client, logger })
      const inside = { keys, deliver, logger }
      const metrics = metricsAddress
        ? new (await import('./callbackMetrics.js')).CallbackMetrics(deliver)
        : undefined
      const startLoops = await preparedLoops(pull, foreign, { ...inside, metrics })
      const over = new AbortController()
      const stopped = untilStopped()
      const watched =
        metrics && metricsAddress ? await serveMetrics(metrics.registry, metricsAddress) : undefined
      const handler = () => {
        const signKey = given('signKey', secretIn(process.env, 'VODFLOW_SIGN_KEY'))
        const forwardTo = given('forwardTo', process.env.VODFLOW_FORWARD_TO)
        const push = createPushHandler({ ...inside, ...signKey, ...forwardTo })
        return metrics?.pushed(push) ?? push
      }
      const server =
        port === undefined ? undefined : await startCallbackServer({ handler: handler(), port, host, logger })
      // The loops start last, because a loop runs until it is closed, even if a later part fails to start.
      const loops = startLoops()
      metrics?.pulled(loops)
      const ways = [...(server ? [`on ${server.url}`] : []), ...pull.map((app) => `pulling ${app}`)]
      console.log(`vodflow callbacks ${ways.join(', ')} (${payloadsText()})`)
      const address = connectionOptions.address ?? 'localhost:7233'
      const namespaceWatched = watchNamespace({ connection, address, namespace, logger, signal: over.signal })
      const compared = [
        watchPayloadKeys({ client, logger, signal: over.signal }),
        watchWorkers({ client, logger, signal: over.signal, own: { macKeys: macKeyPrints(keys) } }),
      ]
      try {
        await Promise.race([
          stopped,
          namespaceWatched,
          server?.ended ?? stopped,
          ...loops.map((loop) => loop.ended),
        ])
      } finally {
        over.abort()
        // Closing the connection during a call throws where nothing can catch it, because the SDK retries later.
        const closing = [
          namespaceWatched,
          ...compared,
          server?.close(),
          watched?.close(),
          ...loops.map((loop) => loop.close()),
        ]
        await Promise.allSettled(closing)
        await connection.close()
      }
    })
}

/** @throws Error that names the flag that is missing or has no effect. */
function requireWaysIn({ port, host, pull = [], metrics }: CallbacksFlags, command: Command): void {
  const isSet = (name: string) => command.getOptionValueSource(name) === 'cli'
  if (port === undefined && pull.length === 0)
    throw new Error('nothing to do; pass --port to receive pushed events, or --pull to pull them')
  if (port === undefined && isSet('host')) throw new Error('--host needs --port; pass the port to listen on')
  if (pull.length === 0 && isSet('foreign'))
    throw new Error(
      '--foreign needs --pull; pushed events of other systems are forwarded to VODFLOW_FORWARD_TO',
    )
  requireOwnPorts(['--port', port === undefined ? undefined : { host, port }], ['--metrics', metrics])
}

async function preparedLoops(
  apps: readonly (number | 'default')[],
  foreign: CallbacksFlags['foreign'],
  { metrics, ...inside }: Inside & { readonly metrics: CallbackMetrics | undefined },
): Promise<() => readonly PullLoop[]> {
  if (apps.length === 0) return () => []
  const { createForward, startPullLoop } = await import('../callbacks/index.js')
  const { createVodClient, outsideQueues } = await import('../vod/client.js')
  const { endpointOfEnvironment } = await import('../vod/endpoint.js')
  const forwardTo = process.env.VODFLOW_FORWARD_TO
  if (foreign === 'forward' && !forwardTo)
    throw new Error('--foreign forward: set VODFLOW_FORWARD_TO to a URL')
  const vod = createVodClient({
    ...endpointOfEnvironment(),
    callsPerSecond: outsideQueues,
    onCall: metrics && ((call) => metrics.called(call)),
  })
  const taken = foreign === 'forward' ? createForward(forwardTo as string) : foreign
  return () =>
    apps.map((app) =>
      startPullLoop({ ...inside, vod, foreign: taken, SubAppId: app === 'default' ? undefined : app }),
    )
}

function given<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value ? ({ [name]: value } as Record<K, string>) : {}
}

const help = `
ModifyEventConfig decides for each sub-app whether VOD pushes its events or keeps them to be pulled.
Pulling events needs a Tencent key. Receiving pushed events does not.

Exit code: 0 stopped by SIGTERM, SIGINT or SIGHUP; 1 it could not start, its server or a pull loop has ended, or the namespace is gone;
restart it. It keeps waiting while Temporal or VOD does not answer, and while VOD refuses the keys.

Examples:
  vodflow callbacks --port 8080 --host 0.0.0.0
  vodflow callbacks --port 8080 --metrics 127.0.0.1:9465
  vodflow callbacks --pull 1500000001 --pull 1500000002 --foreign forward

Environment:
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...   Temporal's own configuration
  VODFLOW_MAC_KEYS                            the same keys as the worker's
  VODFLOW_PAYLOAD_KEYS                        the same keys as the worker's, if payloads are encrypted
  VODFLOW_SIGN_KEY                            the SignKey of ModifyEventConfig, if one is set
  VODFLOW_FORWARD_TO                          URL that receives every event that is not vodflow's
  TENCENTCLOUD_SECRET_ID, _SECRET_KEY         with --pull
  VODFLOW_VOD_ENDPOINT                        with --pull; default https://vod.intl.tencentcloudapi.com
`
