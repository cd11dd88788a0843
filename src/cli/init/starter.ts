/** Every file of the starter project but its package.json, by its path. */
export function starterFiles(name: string): Readonly<Record<string, string>> {
  return {
    'tsconfig.json': `${JSON.stringify(tsconfig, undefined, 2)}\n`,
    'src/workflows.ts': workflows,
    'src/worker.ts': worker,
    'src/start.ts': start,
    'README.md': readme(name),
    '.gitignore': 'node_modules/\n.vodflow/\n',
  }
}

const tsconfig = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['src'],
}

const workflows = `import { processMediaByProcedure, reviewGate } from 'vodflow/workflows'

/** Processes a media file; a person decides where VOD is in doubt. Durable: any process may crash at any time. */
export async function publish(FileId: string, ProcedureName: string) {
  const outcome = await processMediaByProcedure({ request: { FileId, ProcedureName } })
  const { decision, reason } = await reviewGate({ moderation: outcome.moderation, subject: { FileId } })
  const urls = outcome.tasks.flatMap(({ parts }) => parts.flatMap((part) => part.urls))
  return { status: outcome.status, decision, reason, urls }
}
`

const worker = `import { fileURLToPath } from 'node:url'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection, Worker } from '@temporalio/worker'
import { VodflowPlugin } from 'vodflow/worker'

/** Runs the workflows of this project; VOD's calls are done by \`vodflow worker\`, which \`vodflow dev\` has running. */
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await (await createWorker()).run()
`

const start = `import { connect } from 'vodflow'
import { createWorker } from './worker.js'
import type { publish } from './workflows.js'

const FileId = process.argv[2] ?? process.env.VODFLOW_DEV_FILE_ID
if (!FileId) throw new Error('give a FileId, or use npm start')

const worker = await createWorker()
const vodflow = await connect()
const result = await worker.runUntil(
  vodflow.client.workflow.execute<typeof publish>('publish', {
    workflowId: \`publish/\${FileId}\`,
    taskQueue: 'pipelines',
    args: [FileId, 'TranscodeAndSnapshot'],
  }),
)
console.log(result)
await vodflow.close()
`

function readme(name: string): string {
  return `# ${name}

A pipeline on [vodflow](https://www.npmjs.com/package/vodflow): Tencent Cloud VOD's media API as durable Temporal workflows.

\`\`\`sh
npm install
npm start        # a real video through the pipeline, on this machine, with no cloud account
npx vodflow dev  # everything stays up; the Temporal UI is at http://127.0.0.1:8233
\`\`\`

- \`src/workflows.ts\`: the pipeline. Change it.
- \`src/worker.ts\`: runs it.
- \`src/start.ts\`: starts it and waits.

With a cloud account: run \`npx vodflow worker\` and \`npx vodflow callbacks\` with your keys, and see \`npx vodflow doctor\`.
`
}
