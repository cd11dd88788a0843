import { randomBytes } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import type { NativeConnection } from '@temporalio/worker'
import {
  createDelivery,
  createPushHandler,
  reconnectOptions,
  startCallbackServer,
} from '../../callbacks/index.js'
import { type MacKeys, parseMacKeys } from '../../contract/seal/macKeys.js'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/index.js'
import { encryptionFromEnv } from '../../temporal/encryption.js'
import { createVodClient, type VodClient } from '../../vod/client.js'
import { createVodflowWorker, type VodflowWorkerOptions } from '../../worker/index.js'
import * as sdk from '../../worker/sdk.js'
import { messageOf } from '../messageOf.js'
import { type DevServerOptions, startTemporalDevServer } from './devServer.js'
import { temporalSettings } from './environment.js'
import { newMacKeys } from './keptMacKeys.js'
import { freePorts, type WantedPort } from './ports.js'

export interface StackOptions {
  /** Receives a line for each part that has started. */
  readonly onProgress?: ((line: string) => void) | undefined
  /** Options of the local VOD, with its port. Default: any free port. */
  readonly vod?:
    | (Omit<EmulatorOptions, 'secretId' | 'secretKey' | 'port'> & { readonly port?: WantedPort | undefined })
    | undefined
  /** Ports and file of Temporal. Default: any free port, in memory. */
  readonly temporal?: Pick<DevServerOptions, 'port' | 'uiPort' | 'dbFilename'> | undefined
  /** Default: any free port. */
  readonly callbacksPort?: number | undefined
  /** The value of VODFLOW_MAC_KEYS. Default: a new key. */
  readonly macKeyList?: string | undefined
  /** Options of the worker in addition to its account and keys. */
  readonly worker?: Pick<VodflowWorkerOptions, 'sweep' | 'allow' | 'idsFolder' | 'webhooks'> | undefined
  /** The converter of worker and callback service. Default: that of VODFLOW_PAYLOAD_KEYS, else plain JSON. */
  readonly dataConverter?: DataConverter | undefined
  /** Aborts the start, and ends the parts that have started. */
  readonly signal?: AbortSignal | undefined
}

/** Everything a run needs, on free ports of this machine. */
export interface Stack {
  readonly temporal: { readonly address: string; readonly uiUrl: string }
  readonly vod: Emulator
  readonly vodClient: VodClient
  readonly callbacksUrl: string
  readonly macKeys: MacKeys
  /** The environment of commands that use the stack. It contains secrets, so do not print it. */
  readonly environment: Readonly<Record<string, string>>
  /** The connection for additional workers. */
  readonly worker: { readonly connection: NativeConnection }
  /** Never resolves. Rejects when a required part has ended. */
  readonly failed: Promise<never>
  /** Stops all parts, in an order that loses nothing. */
  close(): Promise<void>
}

/**
 * Starts a Temporal dev server with its UI, the local VOD, the callback service and the worker, all in this
 * process except the Temporal server and ffmpeg.
 */
export async function startStack({
  onProgress = () => {},
  vod: vodOptions,
  temporal: temporalOptions,
  callbacksPort = 0,
  macKeyList = newMacKeys(),
  worker: workerOptions = {},
  dataConverter,
  signal,
}: StackOptions = {}): Promise<Stack> {
  const payloadKeys = dataConverter ? undefined : process.env.VODFLOW_PAYLOAD_KEYS
  const converter = dataConverter ? { dataConverter } : encryptionFromEnv()
  const closers: (() => Promise<void> | void)[] = []
  let closing = false
  const close = async () => {
    closing = true
    const failures: unknown[] = []
    for (const closer of closers.splice(0).reverse()) {
      // A part that fails must not leave the others running.
      await Promise.resolve(closer()).catch((error) => failures.push(error))
    }
    if (failures.length > 0) throw new Error(failures.map(messageOf).join('; '), { cause: failures[0] })
  }
  try {
    quietTemporal()
    const temporal = await startTemporalDevServer({
      onProgress,
      ...temporalOptions,
      signal,
    })
    closers.push(() => temporal.close())
    onProgress(`Temporal         ${temporal.address}, UI ${temporal.uiUrl}`)

    signal?.throwIfAborted()
    const credentials = {
      secretId: `local-${randomBytes(8).toString('hex')}`,
      secretKey: randomBytes(16).toString('hex'),
    }
    const [port] = await freePorts([vodOptions?.port ?? 0], onProgress)
    const vod = await startEmulator({ ...credentials, ...vodOptions, port })
    closers.push(() => vod.close())
    onProgress(`local VOD        ${vod.endpoint}`)

    signal?.throwIfAborted()
    const macKeys = parseMacKeys(macKeyList)
    const connection = await Connection.connect({ address: temporal.address, channelArgs: reconnectOptions })
    closers.push(() => connection.close())
    const handler = createPushHandler({
      keys: macKeys,
      deliver: createDelivery({ client: new Client({ connection, ...converter }) }),
    })
    const callbacks = await startCallbackServer({ handler, port: callbacksPort })
    closers.push(() => callbacks.close())
    onProgress(`callback service ${callbacks.url}`)

    signal?.throwIfAborted()
    const account = { endpoint: vod.endpoint, credentials }
    const vodClient = createVodClient(account)
    await vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: callbacks.url })

    const native = await sdk.NativeConnection.connect({ address: temporal.address })
    closers.push(() => native.close())
    const worker = await createVodflowWorker({
      connection: native,
      accounts: { default: account },
      macKeys,
      ...converter,
      ...workerOptions,
    })
    const running = worker.run()
    closers.push(async () => {
      worker.shutdown()
      // Ctrl-C in a terminal also stops Temporal, so that the worker cannot shut down cleanly.
      await running.catch((error: unknown) => {
        if (!signal?.aborted) throw error
      })
    })
    const failed = new Promise<never>((_, reject) => {
      const unlessClosing = (error: Error) => closing || reject(error)
      running.then(() => unlessClosing(new Error('the worker has ended')), unlessClosing)
      callbacks.ended.catch(unlessClosing)
      void temporal.ended.then(() => unlessClosing(new Error('the Temporal dev server has ended')))
    })
    failed.catch(() => {})
    signal?.throwIfAborted()
    onProgress('worker           polling')
    if (payloadKeys)
      onProgress(
        'payloads         encrypted with VODFLOW_PAYLOAD_KEYS; vodflow codec decrypts them for the UI',
      )
    return {
      temporal,
      vod,
      vodClient,
      callbacksUrl: callbacks.url,
      macKeys,
      environment: {
        ...temporalSettings(temporal.address),
        TENCENTCLOUD_SECRET_ID: credentials.secretId,
        TENCENTCLOUD_SECRET_KEY: credentials.secretKey,
        VODFLOW_VOD_ENDPOINT: vod.endpoint,
        VODFLOW_TEMPORAL_UI: temporal.uiUrl,
        VODFLOW_MAC_KEYS: macKeyList,
        ...(payloadKeys ? { VODFLOW_PAYLOAD_KEYS: payloadKeys } : {}),
      },
      worker: { connection: native },
      failed,
      close,
    }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

/** Silences Temporal's own log, which is for operators, once for each process. */
function quietTemporal(): void {
  if (sdk.Runtime._instance) return
  sdk.Runtime.install({
    logger: new sdk.DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  })
}
