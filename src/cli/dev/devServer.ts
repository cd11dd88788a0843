import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { findTemporal } from './temporalBinary.js'

export interface DevServerOptions {
  readonly onProgress?: (line: string) => void
  /** Default: any that is free. */
  readonly port?: number
  readonly uiPort?: number
  /** Keeps runs in this file; default in memory. */
  readonly dbFilename?: string
}

export interface DevServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  readonly uiUrl: string
  close(): Promise<void>
}

/**
 * The dev server has one shard and a queue-read limit that adds 50 ms to every hop under load, and timers of a
 * second: these are Temporal's documented settings for that, measured in this project.
 */
const dynamicConfig = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxTimeShift="50ms"',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
]

const startMs = 30_000
const stopMs = 5_000
const keptLog = 4_000

/** Starts a Temporal dev server with its UI on this machine. It ends with this process. */
export async function startTemporalDevServer({
  onProgress,
  port,
  uiPort,
  dbFilename,
}: DevServerOptions = {}): Promise<DevServer> {
  const path = await findTemporal({ tool: 'temporal', ...(onProgress ? { onProgress } : {}) })
  const [grpc, ui, http, metrics] = [
    await portFor(port),
    await portFor(uiPort),
    await portFor(),
    await portFor(),
  ]
  const storage =
    dbFilename === undefined
      ? []
      : [
          '--db-filename',
          dbFilename,
          '--sqlite-pragma',
          'journal_mode=WAL',
          '--sqlite-pragma',
          'synchronous=NORMAL',
        ]
  const ports = [
    '--port',
    `${grpc}`,
    '--ui-port',
    `${ui}`,
    '--http-port',
    `${http}`,
    '--metrics-port',
    `${metrics}`,
  ]
  const settings = dynamicConfig.flatMap((setting) => ['--dynamic-config-value', setting])
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--log-level',
    'warn',
    ...ports,
    ...storage,
    ...settings,
  ]
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-keptLog)
    })
  }
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const close = () => stop(child).finally(() => process.off('exit', kill))
  const address = `127.0.0.1:${grpc}`
  try {
    await answers(address, child)
  } catch (error) {
    await close()
    throw new Error(
      `the Temporal dev server did not start: ${error instanceof Error ? error.message : error}\n${log}`,
    )
  }
  return { address, uiUrl: `http://127.0.0.1:${ui}`, close }
}

/** Until the namespace answers, not only the port. */
async function answers(address: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + startMs
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`)
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 })
      try {
        await connection.workflowService.describeNamespace({ namespace: 'default' })
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

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended
  clearTimeout(timer)
}

/** The port that was asked for, if it is free, else any that is. */
function portFor(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () =>
      reject(
        new Error(`port ${wanted} is taken by another program; give another one, or 0 for any that is free`),
      ),
    )
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
