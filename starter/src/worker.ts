import { fileURLToPath } from 'node:url'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { VodflowPlugin } from 'vodflow/worker'

// Temporal logs only warnings and errors.
Runtime.install({ logger: new DefaultLogger('WARN') })

/** Runs the workflows of this project. `vodflow worker`, which is part of `vodflow dev`, makes the calls to VOD. */
export async function createWorker(): Promise<Worker> {
  const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
  return Worker.create({
    connection: await NativeConnection.connect(connectionOptions),
    namespace,
    taskQueue: 'pipelines',
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const worker = await createWorker()
  console.log(`The worker polls "${worker.options.taskQueue}".`)
  await worker.run()
}
