import { parseArgs } from 'node:util'
import { WorkflowFailedError } from '@temporalio/client'
import { connect } from 'vodflow'
import { startPublish } from './startPublish.js'
import { createWorker } from './worker.js'

// tsx src/start.ts [FileId] [--take second]
const { positionals, values } = parseArgs({ allowPositionals: true, options: { take: { type: 'string' } } })
const [FileId = process.env.VODFLOW_DEV_FILE_ID] = positionals
if (!FileId) throw new Error('pass a FileId, or use npm start')

const vodflow = await connect()
const worker = await createWorker()
const { handle, isNew } = await startPublish(vodflow, FileId, values.take)
console.log(`\n${handle.workflowId}: ${isNew ? 'started' : 'already started; nothing is billed again'}`)
try {
  const { decision, reason, outputs } = await worker.runUntil(handle.result())
  console.log(`${handle.workflowId}: ${decision} (${reason})`)
  for (const { Type, Definition = '', urls } of outputs)
    console.log(`  ${Type} ${Definition}`.padEnd(34), `${urls.length} ${urls.length === 1 ? 'URL' : 'URLs'}`)
} catch (error) {
  if (!(error instanceof WorkflowFailedError)) throw error
  console.error(`${handle.workflowId} failed: ${error.cause?.message}`)
  process.exitCode = 1
} finally {
  await vodflow.close()
}
console.log(`
npx vodflow dev --data .vodflow keeps Temporal and the local VOD running. Then open
http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(handle.workflowId)}`)
