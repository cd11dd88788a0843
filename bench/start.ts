import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startTemporalDevServer } from '../src/cli/dev/devServer.js'
import { freePort } from '../test/support/freePort.js'
import type { Bench } from './harness/result.js'
import { median, quantile, ratioOf, ratioText } from './harness/stats.js'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const bundle = fileURLToPath(new URL('../dist/workflows/bundle.js', import.meta.url))

/** How long a cold start takes, and what is installed. */
export const start: Bench = {
  about: 'cold start of the command, the worker and the local VOD; sizes',
  async run({ rounds }) {
    const bare: number[] = []
    const help: number[] = []
    const vod: number[] = []
    const worker: number[] = []
    const server = await startTemporalDevServer()
    try {
      for (let round = 0; round < rounds; round++) {
        bare.push(await untilExit(['-e', '0']))
        help.push(await untilExit([cli, '--help']))
        vod.push(await untilPrinted())
        worker.push(await untilReady(server.address))
      }
    } finally {
      await server.close()
    }
    const ratio = ratioOf(help, bare)
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' }),
    ) as [{ size: number; unpackedSize: number; entryCount: number }]
    const show = (name: string, took: readonly number[]) => [
      name,
      median(took).toFixed(0),
      `${quantile(took, 0).toFixed(0)} to ${quantile(took, 1).toFixed(0)}`,
    ]
    const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`
    const sizes = { bundle: statSync(bundle).size, ...packed }
    return {
      tables: [
        {
          title: 'Cold start, ms',
          head: ['what', 'median', 'spread'],
          rows: [
            show('node -e 0', bare),
            show('vodflow --help', help),
            show('vodflow emulator, until it listens', vod),
            show('vodflow worker, until /readyz answers 200', worker),
          ],
        },
        {
          title: 'Sizes',
          head: ['what', 'size'],
          rows: [
            ['workflow bundle', kib(sizes.bundle)],
            ['package, packed', kib(sizes.size)],
            ['package, unpacked', `${kib(sizes.unpackedSize)} in ${sizes.entryCount} files`],
          ],
        },
      ],
      bars: [
        {
          claim: 'vodflow --help under 3 times node -e 0',
          measured: ratioText(ratio),
          held: ratio.median < 3,
        },
      ],
      plots: [
        {
          title: 'Cold start',
          unit: 'ms, median',
          bars: [
            { label: 'node -e 0', value: median(bare) },
            { label: 'vodflow --help', value: median(help) },
            { label: 'vodflow emulator, listens', value: median(vod) },
            { label: 'vodflow worker, ready', value: median(worker) },
          ],
        },
      ],
      raw: { bare, help, vod, worker, sizes },
    }
  },
}

async function untilExit(args: readonly string[]): Promise<number> {
  const began = performance.now()
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  await once(child, 'exit')
  return performance.now() - began
}

async function untilPrinted(): Promise<number> {
  const began = performance.now()
  const args = [cli, 'emulator', '--port', '0', '--secret-id', 'a', '--secret-key', 'b', '--media', 'instant']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  const took = performance.now() - began
  await stop(child)
  return took
}

async function untilReady(address: string): Promise<number> {
  const port = await freePort()
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    TENCENTCLOUD_SECRET_ID: 'a',
    TENCENTCLOUD_SECRET_KEY: 'b',
    VODFLOW_MAC_KEYS: `bench:${'0123456789abcdef'.repeat(2)}`,
  }
  const began = performance.now()
  const child = spawn(process.execPath, [cli, 'worker', '--health', `127.0.0.1:${port}`], {
    env,
    stdio: 'ignore',
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('the worker ended before it was ready')
  })
  ended.catch(() => {})
  const ready = async () => {
    while (
      !(await fetch(`http://127.0.0.1:${port}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      ))
    )
      await sleep(10)
  }
  await Promise.race([ready(), ended])
  const took = performance.now() - began
  await stop(child)
  return took
}

async function stop(child: ReturnType<typeof spawn>): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
