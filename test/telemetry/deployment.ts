import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import { payloadEncryption } from '../../src/client/index.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { freePort } from '../support/freePort.js'
import { transcodeOnly, withReview } from '../support/system.js'
import { type Started, start } from './processes.js'

type Environment = Readonly<Record<string, string>>

/** Temporal and a local VOD, and the real commands as processes of their own, as they are deployed. */
export interface Deployment {
  readonly temporal: DevServer
  readonly vod: Emulator
  readonly vodflow: Vodflow
  readonly worker: Started & { readonly metricsPort: number }
  readonly callbacks: Started & { readonly metricsPort: number; readonly url: string }
  /** The environment that both commands share. */
  readonly env: Environment
  /** What must not be in any line. */
  readonly secrets: Readonly<Record<string, string>>
  media(name: string): Promise<string>
  close(): Promise<void>
}

/**
 * @param flags - of both commands.
 * @param own - what the environment of one command has of its own. The client has the payload keys of the worker.
 */
export async function startDeployment(
  flags: readonly string[] = [],
  own: { readonly worker?: Environment; readonly callbacks?: Environment } = {},
): Promise<Deployment> {
  const secrets = {
    secretId: `AKID${randomBytes(12).toString('hex')}`,
    secretKey: `${randomBytes(8).toString('hex')}"\\'${randomBytes(8).toString('hex')}`,
    sessionToken: randomBytes(24).toString('base64'),
    macKey: randomBytes(24).toString('hex'),
    oldMacKey: randomBytes(24).toString('hex'),
    signKey: randomBytes(8).toString('hex'),
    inQuery: randomBytes(8).toString('hex'),
    password: randomBytes(8).toString('hex'),
  }
  const { secretId, secretKey } = secrets
  const temporal = await startTemporalDevServer()
  const vod = await startEmulator({ secretId, secretKey, media: 'instant' })
  const env = {
    TEMPORAL_ADDRESS: temporal.address,
    // As files and shells give them.
    TENCENTCLOUD_SECRET_ID: `${secretId}\n`,
    TENCENTCLOUD_SECRET_KEY: `\t${secretKey}\r\n`,
    TENCENTCLOUD_SESSION_TOKEN: ` ${secrets.sessionToken}\n\n`,
    VODFLOW_VOD_ENDPOINT: vod.endpoint,
    VODFLOW_MAC_KEYS: ` k2:${secrets.macKey},\n k1: ${secrets.oldMacKey}\r\n`,
    VODFLOW_SIGN_KEY: `${secrets.signKey}\n`,
    VODFLOW_FORWARD_TO: `http://127.0.0.1:1/take?key=${secrets.inQuery}`,
  }
  const [ofWorker, ofCallbacks] = [await freePort(), await freePort()]
  const worker = start(['worker', '--metrics', `localhost:${ofWorker}`, ...flags], { ...env, ...own.worker })
  const callbacks = start(
    ['callbacks', '--port', '0', '--pull', 'default', '--metrics', String(ofCallbacks), ...flags],
    { ...env, ...own.callbacks },
  )
  const keys = own.worker?.VODFLOW_PAYLOAD_KEYS
  const converter = keys ? { dataConverter: payloadEncryption(keys) } : {}
  const vodflow = await connect({ address: temporal.address, ...converter })
  const vodClient = createVodClient({ endpoint: vod.endpoint, credentials: { secretId, secretKey } })
  const url = await callbacks.says(/http:\S+\//)
  await vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: url })
  await vodClient.call('CreateProcedureTemplate', transcodeOnly)
  await vodClient.call('CreateProcedureTemplate', withReview)
  await worker.says(/^vodflow worker/)
  const empty = join(tmpdir(), `vodflow-telemetry-${process.pid}.mp4`)
  writeFileSync(empty, '')
  return {
    temporal,
    vod,
    vodflow,
    secrets,
    env,
    worker: { ...worker, metricsPort: ofWorker },
    callbacks: { ...callbacks, metricsPort: ofCallbacks, url },
    media: async (name) => (await vod.upload(empty, { name })).FileId,
    async close() {
      await vodflow.close()
      await Promise.all([worker.stop(), callbacks.stop()])
      await vod.close()
      await temporal.close()
    },
  }
}
