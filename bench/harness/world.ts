import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Vodflow } from 'vodflow'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import type { Emulator } from '../../src/emulator/index.js'
import { cluster } from '../../test/chaos/temporal.js'
import { type Side, type SideSetup, startSide } from './side.js'
import { startVod, type VodOptions } from './vod.js'

/** `cluster` is the Temporal at TEMPORAL_ADDRESS. */
export type Server = 'memory' | 'file' | 'cluster'

export interface WorldOptions {
  readonly server?: Server
  readonly vod?: VodOptions
  readonly side?: Partial<Pick<SideSetup, 'pollMs' | 'sweep' | 'maxCachedWorkflows'>>
}

/** One Temporal, one local VOD, and beside them ours and theirs. */
export interface World {
  readonly vod: Emulator
  readonly vodflow: Vodflow
  /** Of the Temporal server. */
  readonly version: string
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

/** With the rates and the retry policy that each side has of itself. */
export async function startWorld({
  server = 'memory',
  vod: options,
  side,
}: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-bench-'))
  const temporal = await startTemporal(server, folder)
  const { emulator: vod, account, callbacksTo } = await startVod({ taskTime: 200, ...options })
  const setup: SideSetup = {
    address: temporal.address,
    namespace: temporal.namespace,
    account,
    macKeys: `bench:${randomBytes(24).toString('hex')}`,
    pollMs: 5_000,
    sweep: false,
    ...side,
  }
  const [ours, theirs] = await Promise.all([startSide('ours', setup), startSide('theirs', setup)])
  const { address, namespace } = temporal
  const vodflow = await connect({ address, namespace })
  const { serverVersion: version = '' } = await vodflow.client.workflowService.getSystemInfo({})
  const file = join(folder, 'media.mp4')
  await writeFile(file, '')
  return {
    vod,
    vodflow,
    version,
    ours,
    theirs,
    setup,
    ...(temporal.server ? { server: temporal.server } : {}),
    async media(count) {
      const FileIds: string[] = []
      for (let done = 0; done < count; done++) FileIds.push((await vod.upload(file, { name: 'clip' })).FileId)
      return FileIds
    },
    callbacksTo,
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
