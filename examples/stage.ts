import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { connect, type Vodflow } from 'vodflow'
import { makeTestClip } from 'vodflow/emulator'
import { VodflowPlugin, type WebhookEndpoints } from 'vodflow/worker'
import { type Stack, startStack } from '../src/cli/dev/stack.js'

export interface StageOptions {
  /** The example's own workflows: `import.meta.resolve('./workflows.ts')`. */
  readonly workflows?: string
  /** Task queue of the example's own worker. Default `example`. */
  readonly taskQueue?: string
  /** Actions that the worker may call in addition to reads. */
  readonly allow?: readonly string[]
  readonly webhooks?: WebhookEndpoints
}

/** The environment of an example: the same stack as `npx vodflow dev` on this machine, and a worker of its own. */
export interface Stage {
  readonly stack: Stack
  readonly vodflow: Vodflow
  /** Runs a workflow of the example, and waits for its result. */
  run<T>(type: string, ...args: unknown[]): Promise<T>
  /** Starts a workflow of the example, and returns its workflow id. */
  start(type: string, ...args: unknown[]): Promise<string>
  /** Adds a short film to the local VOD, whose moderation decides by the name: `block` and `review` in it are the verdict. */
  film(name: string, seconds?: number): Promise<{ readonly FileId: string; readonly MediaUrl: string }>
  close(): Promise<void>
}

export async function openStage({
  workflows,
  taskQueue = 'example',
  allow = [],
  webhooks = {},
}: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-example-'))
  const stack = await startStack({ worker: { allow } })
  const vodflow = await connect({ address: stack.temporal.address })
  const stop =
    workflows === undefined ? async () => {} : await startWorker(stack, { workflows, taskQueue, webhooks })
  let runs = 0
  const start = (type: string, ...args: unknown[]) =>
    vodflow.start(type, { id: `${type}-${++runs}`, taskQueue, args })
  return {
    stack,
    vodflow,
    start: async (type, ...args) => (await start(type, ...args)).workflowId,
    run: async (type, ...args) => (await start(type, ...args)).result(),
    async film(name, seconds = 4) {
      const path = join(folder, `${name}.mp4`)
      await makeTestClip(path, { seconds, width: 640, height: 360, fps: 25 })
      return stack.vod.upload(path, { name })
    },
    async close() {
      await stop()
      await vodflow.close()
      await stack.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Your own worker needs only this: the plugin, and a workflow file that imports from `vodflow/workflows`. */
async function startWorker(
  stack: Stack,
  {
    workflows,
    taskQueue,
    webhooks,
  }: { readonly workflows: string; readonly taskQueue: string; readonly webhooks: WebhookEndpoints },
): Promise<() => Promise<void>> {
  const worker = await Worker.create({
    connection: stack.worker.connection,
    taskQueue,
    workflowsPath: fileURLToPath(workflows),
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'], webhooks })],
  })
  const running = worker.run()
  return async () => {
    worker.shutdown()
    await running
  }
}

export const say = (line: string) => console.log(`  ${line}`)

/** Prints what an example claims. Throws if it did not happen. */
export function claim(claimed: boolean, what: string): void {
  if (!claimed) throw new Error(`this did not happen: ${what}`)
  say(`✓ ${what}`)
}

/** Runs an example to its end, and always closes everything. */
export async function play(options: StageOptions, example: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage(options)
  try {
    await example(stage)
  } catch (error) {
    console.error(
      `\n  The example failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    )
    process.exitCode = 1
  } finally {
    await stage.close()
  }
}
