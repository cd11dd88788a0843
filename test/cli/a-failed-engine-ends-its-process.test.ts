import { mkdtemp, open, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { freePort } from '../support/freePort.js'
import { start } from '../telemetry/processes.js'

const workerUrl = pathToFileURL(createRequire(import.meta.url).resolve('@temporalio/worker')).href
const soon = { timeout: 60_000 }

let temporal: DevServer
let folder: string
beforeAll(async () => {
  temporal = await startTemporalDevServer()
  folder = await mkdtemp(join(tmpdir(), 'vodflow-engine-'))
})
afterAll(() => temporal?.close())

const env = () => ({
  TEMPORAL_ADDRESS: temporal.address,
  TENCENTCLOUD_SECRET_ID: 'id-of-nobody',
  TENCENTCLOUD_SECRET_KEY: 'key-of-nobody',
  VODFLOW_MAC_KEYS: `k1:${'m'.repeat(32)}`,
  VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
})

/** Exit code and last words. */
async function ended({
  child,
  said,
}: ReturnType<typeof start>): Promise<{ code: number | null; err: string }> {
  await expect.poll(() => child.exitCode ?? child.signalCode, soon).not.toBeNull()
  return { code: child.exitCode, err: said.err }
}

/** Code that a command loads before its own, to break a part of it that nothing outside can break. */
async function loading(code: string): Promise<{ NODE_OPTIONS: string }> {
  const path = join(folder, `${Math.random()}.mjs`)
  await writeFile(path, code)
  return { NODE_OPTIONS: `--import ${pathToFileURL(path)}` }
}

describe('a worker', () => {
  it('whose namespace is missing ends with exit code 1', async () => {
    const { code, err } = await ended(start(['worker'], { ...env(), TEMPORAL_NAMESPACE: 'nowhere' }))
    expect(err).toMatch(/has no namespace "nowhere"/)
    expect(code).toBe(1)
  })

  /** Its native part fails when the process gets a signal that Temporal's runtime leaves alone, and then does as `more` says; of all workers, or of those on such queues. */
  const failing = (more = '', queues = /^/) =>
    loading(`
      import worker from '${workerUrl}'
      const { Worker } = worker
      const run = Worker.prototype.run
      Worker.prototype.run = function () {
        process.on('SIGWINCH', () => {
          if (!${queues}.test(this.options.taskQueue)) return
          ${more}
          this.unexpectedErrorSubject.error(new Error('the native part has failed'))
        })
        return run.call(this)
      }
    `)

  it('that fails while it runs ends with exit code 1', async () => {
    const worker = start(['worker'], { ...env(), ...(await failing()) })
    await worker.says(/vodflow worker: namespace default/)
    worker.child.kill('SIGWINCH')
    const { code, err } = await ended(worker)
    expect(err).toMatch(/vodflow: the native part has failed/)
    expect(code).toBe(1)
  })

  it('that fails and does not even end is not healthy, and a second signal ends it', async () => {
    const port = await freePort()
    const never = await failing(hangs)
    const worker = start(['worker', '--health', `127.0.0.1:${port}`], { ...env(), ...never })
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
      return response && `${response.status} ${(await response.text()).trim()}`
    }
    await expect.poll(() => ask('/readyz'), soon).toBe('200 RUNNING')
    worker.child.kill('SIGWINCH')
    await expect.poll(() => ask('/healthz'), soon).toBe('503 FAILED')
    worker.child.kill('SIGTERM')
    await expect.poll(() => ask('/healthz'), soon).toBe('200 STOPPING')
    worker.child.kill('SIGTERM')
    expect((await ended(worker)).code).toBe(143)
  })

  const hangs = 'this.nativeWorker.finalizeShutdown = () => new Promise(() => {})'

  /** Waits of more than so many ms take two seconds. */
  const hasty = (ms: number) => `
    const real = globalThis.setTimeout
    globalThis.setTimeout = (call, after, ...args) => real(call, after >= ${ms} ? 2_000 : after, ...args)
  `

  it.each(['vodflow', 'vodflow.default.submit'])(
    'of which only that on the queue %s fails ends too',
    async (queue) => {
      const worker = start(['worker'], { ...env(), ...(await failing('', new RegExp(`^${queue}$`))) })
      await expect.poll(() => worker.said.err, soon).toContain(`"taskQueue":"${queue}","state":"RUNNING"`)
      worker.child.kill('SIGWINCH')
      const { code, err } = await ended(worker)
      expect(err).toMatch(/vodflow: the native part has failed/)
      expect(code).toBe(1)
    },
  )

  it('whose connection never closes ends with exit code 1 all the same', async () => {
    const never = await loading(`
      import worker from '${workerUrl}'
      worker.NativeConnection.prototype.close = () => new Promise(() => setInterval(() => {}, 1_000))
      ${hasty(90_000)}
    `)
    const worker = start(['worker'], { ...env(), ...never })
    await worker.says(/vodflow worker: namespace default/)
    worker.child.kill('SIGTERM')
    const { code, err } = await ended(worker)
    expect(err).toMatch(/vodflow: did not stop within 90 s of SIGTERM/)
    expect(code).toBe(1)
  })

  it('that is told to end does so with exit code 0', async () => {
    const worker = start(['worker'], env())
    await worker.says(/vodflow worker: namespace default/)
    expect(await worker.stop()).toBe(0)
  })
})

describe('a callback service', () => {
  it('whose namespace is missing ends with exit code 1', async () => {
    for (const way of [
      ['--port', '0'],
      ['--pull', 'default'],
    ]) {
      const { code, err } = await ended(
        start(['callbacks', ...way], { ...env(), TEMPORAL_NAMESPACE: 'nowhere' }),
      )
      expect(err).toMatch(/has no namespace "nowhere"/)
      expect(code).toBe(1)
    }
  })

  it.each([['callbacks'], ['codec', '--ui-origin', 'http://127.0.0.1:8233'], ['events', 'listen']])(
    'whose server dies ends with exit code 1: %s',
    async (...command) => {
      const dies = await loading(`
      import http from 'node:http'
      import { syncBuiltinESMExports } from 'node:module'
      const create = http.createServer
      http.createServer = (...args) => {
        const server = create(...args)
        process.on('SIGUSR2', () => server.close())
        return server
      }
      syncBuiltinESMExports()
    `)
      const keys = { VODFLOW_PAYLOAD_KEYS: `k1:${'0'.repeat(64)}` }
      const callbacks = start([...command, '--port', '0'], { ...env(), ...keys, ...dies })
      await expect.poll(() => callbacks.said.out + callbacks.said.err, soon).toMatch(/on http/)
      callbacks.child.kill('SIGUSR2')
      const { code, err } = await ended(callbacks)
      expect(err).toMatch(/^vodflow: The HTTP server on port \d+ has ended/m)
      expect(code).toBe(1)
    },
  )

  it('whose log cannot be written goes on', async () => {
    const throws = await loading(`
      const write = process.stderr.write.bind(process.stderr)
      process.stderr.write = (text, ...rest) => {
        if (!String(text).includes('events cannot be pulled')) return write(text, ...rest)
        process.stdout.write('no log\\n')
        throw new Error('the disk is full')
      }
    `)
    const callbacks = start(['callbacks', '--port', '0', '--pull', 'default'], { ...env(), ...throws })
    await expect.poll(() => callbacks.said.out, soon).toContain('no log')
    expect(callbacks.child.exitCode).toBeNull()
    expect(await callbacks.stop()).toBe(0)
  })

  it('outlives a Temporal that does not answer, and ends with exit code 0 when it is told to', async () => {
    const callbacks = start(['callbacks', '--port', '0'], { ...env(), TEMPORAL_ADDRESS: '127.0.0.1:1' })
    await expect.poll(() => callbacks.said.err, soon).toMatch(/Temporal does not answer at 127\.0\.0\.1:1/)
    expect(callbacks.child.exitCode).toBeNull()
    expect(await callbacks.stop()).toBe(0)
  })
})

describe.each(['worker', 'callbacks'])('%s, whose log cannot be written', (command) => {
  it('goes on when the disk is full', async () => {
    const full = await open('/dev/full', 'w')
    const process = start(argsOf(command), env(), full.fd)
    await full.close()
    await goesOn(process)
  })

  it('goes on when nobody reads it', async () => {
    const process = start(argsOf(command), env())
    process.child.stderr?.destroy()
    await goesOn(process)
  })

  const argsOf = (name: string) => [name, ...(name === 'callbacks' ? ['--port', '0'] : [])]

  async function goesOn(process: ReturnType<typeof start>): Promise<void> {
    const [url] = /http:\S+|$/.exec(await process.says(/vodflow (worker|callbacks).*\n/)) ?? []
    // A line of the log; a worker has written some when it is up.
    if (url) await fetch(url, { method: 'POST', body: 'junk' })
    expect(await process.stop()).toBe(0)
  }
})

it('a namespace that is deleted ends a worker and a callback service', async () => {
  const TEMPORAL_NAMESPACE = 'short-lived'
  const connection = await Connection.connect({ address: temporal.address })
  const { workflowService, operatorService } = connection
  await workflowService.registerNamespace({
    namespace: TEMPORAL_NAMESPACE,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  })
  const isThere = () =>
    workflowService.describeNamespace({ namespace: TEMPORAL_NAMESPACE }).then(
      () => true,
      () => false,
    )
  await expect.poll(isThere, soon).toBe(true)
  const started = [
    start(['worker'], { ...env(), TEMPORAL_NAMESPACE }),
    start(['callbacks', '--port', '0'], { ...env(), TEMPORAL_NAMESPACE }),
  ]
  await Promise.all(started.map((each) => each.says(/^vodflow \w+/)))
  await operatorService.deleteNamespace({ namespace: TEMPORAL_NAMESPACE })
  for (const each of started) {
    const { code, err } = await ended(each)
    expect(err).toMatch(/has no namespace "short-lived"/)
    expect(code).toBe(1)
  }
  await connection.close()
})
