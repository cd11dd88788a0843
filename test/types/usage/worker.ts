import { NativeConnection, Worker } from '@temporalio/worker'
import {
  createVodClient,
  createVodflowWorker,
  InvalidInputError,
  type ListedTask,
  parseMacKeys,
  type prometheusMetrics,
  VodError,
  VodflowPlugin,
  type VodflowWorker,
} from 'vodflow/worker'
import { expectType, type Is } from './is.js'

export async function serve(): Promise<void> {
  const connection = await NativeConnection.connect({ address: 'localhost:7233' })
  const macKeys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
  const worker = await createVodflowWorker({
    connection,
    accounts: { default: {} },
    macKeys,
    allow: ['DeleteMedia'],
  })
  expectType<Is<typeof worker, VodflowWorker>>()
  const plugins = [new VodflowPlugin({ servedElsewhere: ['default'] })]
  const own = await Worker.create({
    connection,
    taskQueue: 'pipelines',
    workflowsPath: './workflows.js',
    plugins,
  })
  await Promise.all([worker.run(), own.run()])
  expectType<Is<typeof prometheusMetrics extends (...args: never[]) => unknown ? true : false, true>>()
}

export async function ask(FileId: string) {
  const vod = createVodClient({ callsPerSecond: 10 })
  try {
    const { TaskSet } = await vod.call('DescribeTasks', { FileId })
    expectType<Is<typeof TaskSet, readonly ListedTask[] | null>>()
    // @ts-expect-error VOD spells it FileIds
    await vod.call('DescribeMediaInfos', { FileId })
    return await vod.call('DescribeMediaInfos', { FileIds: [FileId] })
  } catch (error) {
    if (error instanceof VodError) return error.vodCode
    if (error instanceof InvalidInputError) return error.fields
    throw error
  }
}
