import { parseArgs } from 'node:util'
import { connect, RunError } from 'vodflow'
import { startPublish } from './startPublish.js'
import { createWorker } from './worker.js'

// tsx src/start.ts [FileId] [--take second]
const { positionals, values } = parseArgs({ allowPositionals: true, options: { take: { type: 'string' } } })
const [FileId = process.env.VODFLOW_DEV_FILE_ID] = positionals
if (!FileId) throw new Error('pass a FileId, or use npm start')

const vodflow = await connect()
const worker = await createWorker()
try {
  await worker.runUntil(async () => {
    const run = await startPublish(vodflow, FileId, values.take)
    const { workflowId, attached } = run
    console.log(`\n${workflowId}: ${attached ? 'already started; nothing is billed again' : 'started'}`)
    const { decision, reason, outputs } = await run.result()
    console.log(`${workflowId}: ${decision} (${reason})`)
    for (const { Type, Definition = '', urls } of outputs)
      console.log(
        `  ${Type} ${Definition}`.padEnd(34),
        `${urls.length} ${urls.length === 1 ? 'URL' : 'URLs'}`,
      )
    console.log(`
npx vodflow dev --data .vodflow keeps Temporal and the local VOD running. Then open
http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(workflowId)}`)
  })
} catch (error) {
  if (!(error instanceof RunError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  await vodflow.close()
}
