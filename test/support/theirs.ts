import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { VodflowPlugin, type VodflowPluginOptions } from '../../src/worker/index.js'
import { runWorker } from './runningWorker.js'
import type { System } from './system.js'
import { bundleOf } from './workflowCode.js'

/** A worker of a user: their workflows on their queue, with our plugin. */
export interface Theirs {
  run(type: string, ...args: unknown[]): Promise<unknown>
  start(type: string, ...args: unknown[]): Promise<string>
  close(): Promise<void>
}

export const pathOf = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

export async function startTheirs(
  system: System,
  file: string,
  options: VodflowPluginOptions = { servedElsewhere: ['default'] },
): Promise<Theirs> {
  const taskQueue = `theirs-${file}`
  const workflowBundle = await bundleOf(pathOf(file))
  const plugins = [new VodflowPlugin(options)]
  const { close } = await runWorker(system.temporal.address, (connection) =>
    Worker.create({ connection, taskQueue, workflowBundle, plugins }),
  )
  const { client } = system.vodflow
  const start = async (type: string, ...args: unknown[]) => {
    const workflowId = `${type}-${Math.random()}`
    await client.workflow.start(type, { workflowId, taskQueue, args })
    return workflowId
  }
  return {
    start,
    run: async (type, ...args) => client.workflow.getHandle(await start(type, ...args)).result(),
    close,
  }
}
