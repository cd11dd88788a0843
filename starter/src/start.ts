import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client'
import { connect, type Vodflow } from 'vodflow'
import { createWorker } from './worker.js'
import type { publish } from './workflows.js'

const FileId = process.argv[2] ?? process.env.VODFLOW_DEV_FILE_ID
if (!FileId) throw new Error('give a FileId, or use npm start')

/** Starts the pipeline of a media file once: a second start, also after the end, returns the run that is there. */
async function startOnce({ client }: Vodflow, FileId: string) {
  const workflowId = `publish/${FileId}`
  try {
    const handle = await client.workflow.start<typeof publish>('publish', {
      workflowId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      taskQueue: 'pipelines',
      args: [FileId, 'TranscodeAndSnapshot'],
    })
    return { handle, started: true }
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    return { handle: client.workflow.getHandle<typeof publish>(workflowId), started: false }
  }
}

const vodflow = await connect()
const worker = await createWorker()
try {
  const { handle, started } = await startOnce(vodflow, FileId)
  const { decision, reason, outputs } = await worker.runUntil(handle.result())
  console.log(`\n${handle.workflowId}: ${decision} (${reason})`)
  if (!started) console.log('It was started before: nothing was processed or billed again.')
  for (const { Type, Definition = '', urls } of outputs)
    console.log(`  ${Type} ${Definition}`.padEnd(34), `${urls.length} ${urls.length === 1 ? 'URL' : 'URLs'}`)
} catch (error) {
  if (!(error instanceof WorkflowFailedError)) throw error
  console.error(`\npublish/${FileId} failed: ${error.cause?.message}`)
  process.exitCode = 1
} finally {
  await vodflow.close()
}
console.log(`
npx vodflow dev --data .vodflow keeps Temporal and the local VOD up. Then open
http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(`publish/${FileId}`)}`)
