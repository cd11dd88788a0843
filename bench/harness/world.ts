import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Vodflow } from 'vodflow'
import { type Emulator, type EmulatorOptions, startEmulator } from 'vodflow/emulator'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'
import { cluster } from '../../test/chaos/temporal.js'
import type { Account } from './account.js'
import { type Side, type SideSetup, startSide } from './side.js'

/** `cluster` is the Temporal at TEMPORAL_ADDRESS. */
export type Server = 'memory' | 'file' | 'cluster'

export interface WorldOptions {
  readonly server?: Server
  readonly vod?: Omit<EmulatorOptions, 'secretId' | 'secretKey'>
  readonly side?: Partial<Pick<SideSetup, 'pollMs' | 'sweep' | 'maxCachedWorkflows'>>
}

/** One Temporal, one local VOD, and beside them ours and theirs. */
export interface World {
  readonly vod: Emulator
  readonly vodClient: VodClient
  readonly vodflow: Vodflow
  readonly ours: Side
  readonly theirs: Side
  /** What both sides were told. */
  readonly setup: SideSetup
  /** Of the dev server; absent for a cluster. */
  readonly server?: { readonly pid: number; readonly metricsUrl: string }
  /** New media files, by FileId. */
  media(count: number): Promise<string[]>
  /** From now on VOD posts its events there. */
  callbacksTo(url: string): Promise<void>
  close(): Promise<void>
}

export const procedure = 'one'

/** With the rates and the retry policy that each side has of itself. */
export async function startWorld({
  server = 'memory',
  vod: options,
  side,
}: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-bench-'))
  const temporal = await startTemporal(server, folder)
  const keys = { secretId: 'bench', secretKey: randomBytes(16).toString('hex') }
  const vod = await startEmulator({ ...keys, media: 'instant', instantMs: 200, ...options })
  const account: Account = { endpoint: vod.endpoint, ...keys }
  const vodClient = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await vodClient.call('CreateProcedureTemplate', {
    Name: procedure,
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  const setup: SideSetup = {
    address: temporal.address,
    namespace: temporal.namespace,
    account,
    macKeys: `bench:${randomBytes(24).toString('hex')}`,
    pollMs: 5_000,
    sweep: 'off',
    ...side,
  }
  const [ours, theirs] = await Promise.all([startSide('ours', setup), startSide('theirs', setup)])
  const { address, namespace } = temporal
  const vodflow = await connect({ address, namespace })
  const file = join(folder, 'media.mp4')
  await writeFile(file, '')
  return {
    vod,
    vodClient,
    vodflow,
    ours,
    theirs,
    setup,
    ...(temporal.server ? { server: temporal.server } : {}),
    async media(count) {
      const FileIds: string[] = []
      for (let done = 0; done < count; done++) FileIds.push((await vod.upload(file, { name: 'clip' })).FileId)
      return FileIds
    },
    async callbacksTo(NotificationUrl) {
      await vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl })
    },
    async close() {
      await vodflow.close()
      await Promise.all([ours.stop(), theirs.stop()])
      await vod.close()
      await temporal.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startTemporal(server: Server, folder: string) {
  if (server === 'cluster') {
    const address = process.env.TEMPORAL_ADDRESS
    if (!address) throw new Error('set TEMPORAL_ADDRESS to the address of a Temporal cluster')
    return { ...(await cluster(address, `bench-${Date.now()}`)), server: undefined }
  }
  const file = server === 'file' ? { dbFilename: join(folder, 'temporal.db') } : {}
  const dev = await startTemporalDevServer(file)
  return { address: dev.address, namespace: 'default', close: () => dev.close(), server: dev }
}
