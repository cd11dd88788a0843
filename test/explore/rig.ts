import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker'
import {
  createDelivery,
  createPushHandler,
  parseMacKeys,
  reconnectOptions,
  startCallbackServer,
} from 'vodflow/callbacks'
import { type Emulator, startEmulator } from 'vodflow/emulator'
import { type SweepTimes, VodflowPlugin } from 'vodflow/worker'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { VodError } from '../../src/contract/errors.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'
import { runWorker } from '../support/runningWorker.js'
import { Books } from './books.js'
import { type Kind, kinds, type Net, nets } from './dimensions.js'
import { templates } from './kinds.js'
import { otherCaller } from './marker.js'
import { until } from './until.js'
import { startWire, type Wire } from './wire.js'

/** Everything that cases share: a Temporal server, a local VOD, and a worker for each net. */
export interface Rig {
  readonly vod: Emulator
  readonly books: Books
  readonly wire: Wire
  /** Each net has a namespace of its own: so it is the only one that can bring the end. */
  client(net: Net): Client
  /** Puts a media file of the case into the sub-app of its kind. */
  upload(kind: Kind, name: string): Promise<{ readonly FileId: string; readonly MediaUrl: string }>
  /** Another caller's transcode and moderation of a media file, which no step may take for its own. */
  processElsewhere(kind: Kind, FileId: string): Promise<void>
  /** Serves the account `late` from now on, until the returned function is called. */
  serveLate(): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** Each kind has a sub-app of its own: a search reads so many tasks or media of one at most. */
export function subAppOf(kind: Kind): number {
  return 1_500_000_001 + kinds.indexOf(kind)
}

export const userQueue = 'explore'

const keys = { secretId: 'explore', secretKey: 'explore-key' }
const macKeys = parseMacKeys(`explore:${'0123456789abcdef'.repeat(2)}`)
const sweeps: Readonly<Record<Net, Partial<SweepTimes> | false>> = {
  event: false,
  sweep: { interval: 5_000, gracePeriod: 0, windowOverlap: 10_000 },
  look: false,
}

export async function startRig(): Promise<Rig> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    // Else a signal would end the workers only, and every case would wait for them.
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  })
  const closers: (() => Promise<unknown>)[] = []
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-explore-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  const temporal = await startTemporalDevServer()
  closers.push(() => temporal.close())
  const vod = await startEmulator({
    ...keys,
    media: 'instant',
    taskTime: 300,
    reviewTime: 300,
    // The harder answer: only the token in its SessionContext says whose a review is.
    switches: { reviewWithoutSessionId: true },
  })
  closers.push(() => vod.close())
  const wire = await startWire(vod.endpoint)
  closers.push(() => wire.close())
  const connection = await Connection.connect({ address: temporal.address, channelArgs: reconnectOptions })
  closers.push(() => connection.close())
  const clients = await Promise.all(
    nets.map(async (net) => [net, await clientIn(connection, `explore-${net}`)] as const),
  )
  const client = (net: Net) => new Map(clients).get(net) as Client

  const callbacks = await startCallbacks(client('event'), wire)
  closers.push(() => callbacks.close())
  const elsewhere = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await prepareSubApps(elsewhere, callbacks.url)

  const serve = (net: Net, alias: string, taskQueue: string, workflowBundle?: WorkflowBundleWithSourceMap) =>
    startWorker({
      address: temporal.address,
      namespace: client(net).options.namespace,
      taskQueue,
      plugin: pluginOf(wire, alias, sweeps[net]),
      ...(workflowBundle ? { workflowBundle } : {}),
    })
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    plugins: [pluginOf(wire, 'default', false)],
    logger: new DefaultLogger('ERROR'),
  })
  const workers = await Promise.all(nets.map((net) => serve(net, 'default', userQueue, bundle)))
  closers.push(() => Promise.all(workers.map((stop) => stop())))

  const empty = join(folder, 'empty.mp4')
  await writeFile(empty, '')
  return {
    vod,
    books: new Books(vod),
    wire,
    client,
    upload: (kind, name) => vod.upload(empty, { name, SubAppId: subAppOf(kind) }),
    async processElsewhere(kind, FileId) {
      const SubAppId = subAppOf(kind)
      const asked = { SubAppId, FileId, ProcedureName: 'two', SessionContext: otherCaller }
      const isMade = () => elsewhere.call('ProcessMediaByProcedure', asked).catch(laterIfThrottled)
      await until('the task of another caller', isMade)
    },
    async serveLate() {
      const late = await Promise.all(nets.map((net) => serve(net, 'late', `${userQueue}-late`)))
      return async () => {
        await Promise.all(late.map((stop) => stop()))
      }
    },
    async close() {
      for (const close of closers.reverse()) await close()
    },
  }
}

/** Many cases begin at once: VOD throttles this caller too. */
function laterIfThrottled(error: unknown): undefined {
  if (!(error instanceof VodError && error.class === 'throttled')) throw error
}

async function clientIn(connection: Connection, namespace: string): Promise<Client> {
  const { workflowService } = connection
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('7 days'),
  })
  return new Client({ connection, namespace })
}

/**
 * Events go by the line of their case, which may hold them. VOD is answered at once, and an event that Temporal is too busy for is
 * delivered again: here the net under it is missing on purpose.
 */
function startCallbacks(client: Client, wire: Wire) {
  const handler = createPushHandler({ keys: macKeys, deliver: createDelivery({ client }) })
  return startCallbackServer({
    port: 0,
    async handler(request) {
      const { url, method, headers } = request
      const body = await request.text()
      const isDelivered = async () => {
        const { ok } = await handler(new Request(url, { method, headers, body }))
        return ok || undefined
      }
      const deliver = async () => {
        await until('the delivery of an event', isDelivered)
      }
      wire
        .lineOf(body)
        ?.event(deliver)
        .catch((error: unknown) => console.error(error))
      return new Response()
    },
  })
}

async function prepareSubApps(client: VodClient, NotificationUrl: string): Promise<void> {
  for (const SubAppId of kinds.map(subAppOf)) {
    await client.call('ModifyEventConfig', { SubAppId, Mode: 'PUSH', NotificationUrl })
    for (const [Name, body] of Object.entries(templates))
      await client.call('CreateProcedureTemplate', { SubAppId, Name, ...body })
  }
}

function pluginOf(wire: Wire, alias: string, sweep: Partial<SweepTimes> | false): VodflowPlugin {
  return new VodflowPlugin({
    accounts: { [alias]: { endpoint: wire.endpoint, credentials: keys } },
    macKeys,
    sweep,
  })
}

interface WorkerToStart {
  readonly address: string
  readonly namespace: string
  readonly taskQueue: string
  readonly plugin: VodflowPlugin
  readonly workflowBundle?: WorkflowBundleWithSourceMap
}

/** A worker of a user with the plugin. @returns what stops it. */
async function startWorker({ address, plugin, ...options }: WorkerToStart): Promise<() => Promise<void>> {
  const worker = await runWorker(address, (connection) =>
    Worker.create({ ...options, connection, plugins: [plugin] }),
  )
  return worker.close
}
