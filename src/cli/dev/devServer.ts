import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { searchAttributeTypes } from '../../contract/searchAttributes.js'
import { environmentWith } from './environment.js'
import { endLeftoverServer, markServer } from './leftoverServer.js'
import { freePorts, type WantedPort } from './ports.js'
import { findTemporal } from './temporalBinary.js'

export interface DevServerOptions {
  readonly onProgress?: ((line: string) => void) | undefined
  /** Default: any free port. */
  readonly port?: WantedPort | undefined
  readonly uiPort?: WantedPort | undefined
  /** Keeps runs in this file; default in memory. */
  readonly dbFilename?: string | undefined
  /** Aborts the start. */
  readonly signal?: AbortSignal | undefined
}

export interface DevServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  readonly uiUrl: string
  /** The server's own metrics, for Prometheus. */
  readonly metricsUrl: string
  /** Process id of the server. */
  readonly pid: number
  /** Resolves when the server has ended, for any reason. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/**
 * The dev server has one shard, a queue-read limit that adds 50 ms to every hop under load (measured), and timers with a resolution of
 * one second. These documented settings of Temporal fix that. The last one allows workflows to be paused, which is off by default.
 */
const dynamicConfig = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxTimeShift="50ms"',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'frontend.WorkflowPauseEnabled=true',
]

const startMs = 30_000
const stopMs = 5_000
const keptLog = 4_000

/** The start is retried because another program may take a port between the search for it and its use. */
const maxStarts = 5

/** Starts a Temporal dev server with its UI on this machine. It ends with this process. */
export async function startTemporalDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const { onProgress = () => {}, port = 0, uiPort = 0, signal } = options
  if (options.dbFilename !== undefined) await endLeftoverServer(options.dbFilename, signal)
  const path = await findTemporal({ tool: 'temporal', onProgress, signal })
  for (let start = 1; ; start++) {
    signal?.throwIfAborted()
    const [grpc = 0, ui = 0, http, metrics] = await freePorts([port, uiPort, 0, 0], onProgress)
    const child = spawn(path, argumentsFor(options, { grpc, ui, http, metrics }), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environmentWith({}),
    })
    const said = outputOf(child, grpc)
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    // Not `exit`: the last output may still be in the pipe then, and it says whether a port was taken.
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const close = () => stop(child, ended).finally(() => process.off('exit', kill))
    const address = `127.0.0.1:${grpc}`
    try {
      await ownDatabase(options.dbFilename, child.pid)
      await prepare(address, child, () => said.announced, signal)
      await closeToOthers(options.dbFilename)
      const [uiUrl, metricsUrl] = [`http://127.0.0.1:${ui}`, `http://127.0.0.1:${metrics}/metrics`]
      return { address, uiUrl, metricsUrl, pid: child.pid as number, ended, close }
    } catch (error) {
      await close()
      signal?.throwIfAborted()
      if (said.portTaken && start < maxStarts) continue
      const problem = error instanceof Error ? error.message : error
      throw new Error(`the Temporal dev server did not start: ${problem}\n${said.log}`)
    }
  }
}

/** Marks the file, so that a leftover server can be found. */
async function ownDatabase(dbFilename: string | undefined, pid: number | undefined): Promise<void> {
  if (dbFilename !== undefined && pid !== undefined) await markServer(dbFilename, pid)
}

/** Histories contain tokens and requests, so only the owner may read them. SQLite gives new files next to a database its mode. */
async function closeToOthers(dbFilename: string | undefined): Promise<void> {
  if (dbFilename === undefined) return
  for (const file of ['', '-wal', '-shm'].map((ending) => `${dbFilename}${ending}`))
    await chmod(file, 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
}

/** Collects what the server prints. */
function outputOf({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>, grpc: number) {
  const said = { log: '', portTaken: false, announced: false }
  for (const stream of [stdout, stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said.log = (said.log + chunk).slice(-keptLog)
      said.portTaken ||= /address already in use/.test(chunk)
      said.announced ||= stream === stdout && said.log.includes(`:${grpc}\n`)
    })
  }
  return said
}

interface Ports {
  readonly grpc: number | undefined
  readonly ui: number | undefined
  readonly http: number | undefined
  readonly metrics: number | undefined
}

function argumentsFor({ dbFilename }: DevServerOptions, { grpc, ui, http, metrics }: Ports): string[] {
  const ports = { port: grpc, 'ui-port': ui, 'http-port': http, 'metrics-port': metrics }
  const file = ['--db-filename', dbFilename ?? '']
  const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL'].flatMap((pragma) => ['--sqlite-pragma', pragma])
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'],
    ...Object.entries(ports).flatMap(([name, port]) => [`--${name}`, `${port}`]),
    ...Object.entries(searchAttributeTypes).flatMap((each) => ['--search-attribute', each.join('=')]),
    ...(dbFilename === undefined ? [] : [...file, ...pragmas]),
    ...dynamicConfig.flatMap((setting) => ['--dynamic-config-value', setting]),
  ]
}

/** VOD remembers a SessionId for 7 days, so the namespace must keep runs as long. The dev server starts with one day. */
const retention = msToTs('7 days')

/** Waits until the namespace answers, not only the port. */
async function prepare(
  address: string,
  child: ChildProcess,
  hasAnnounced: () => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const until = Date.now() + startMs
  for (;;) {
    signal?.throwIfAborted()
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`)
    try {
      // Another program on the port would also answer, but only our server announces its address.
      if (!hasAnnounced()) throw new Error(`it has not announced ${address}`)
      const connection = await Connection.connect({ address, connectTimeout: 1_000 })
      try {
        await connection.workflowService.updateNamespace({
          namespace: 'default',
          config: { workflowExecutionRetentionTtl: retention },
        })
        return
      } finally {
        await connection.close()
      }
    } catch (error) {
      if (Date.now() > until) throw error
      await sleep(50)
    }
  }
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended
  clearTimeout(timer)
}
