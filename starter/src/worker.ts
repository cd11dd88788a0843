import { fileURLToPath } from 'node:url'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { payloadEncryption, VodflowPlugin } from 'vodflow/worker'

// Temporal logs only warnings and errors.
Runtime.install({ logger: new DefaultLogger('WARN') })

/** Runs the workflows of this project. `vodflow worker`, which is part of `vodflow dev`, makes the calls to VOD. */
export async function createWorker(): Promise<Worker> {
  const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
  const { VODFLOW_PAYLOAD_KEYS: payloadKeys } = process.env
  return Worker.create({
    connection: await NativeConnection.connect(connectionOptions),
    namespace,
    taskQueue: 'pipelines',
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    // With these keys, Temporal stores inputs and results encrypted. vodflow dev has none.
    ...(payloadKeys ? { dataConverter: payloadEncryption(payloadKeys) } : {}),
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const worker = await createWorker()
  console.log(`The worker polls "${worker.options.taskQueue}".`)
  await worker.run()
}
