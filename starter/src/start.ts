import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connect, RunError } from 'vodflow'
import { startPublish } from './startPublish.js'

// tsx src/start.ts [FileId] [--take second]
const { positionals, values } = parseArgs({ allowPositionals: true, options: { take: { type: 'string' } } })
const [FileId = process.env.VODFLOW_DEV_FILE_ID] = positionals
if (!FileId) throw new Error('pass a FileId, or use npm start')

/** Starts src/worker.ts in a process of its own, and waits until it polls. */
async function startWorker(): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['ignore', 'pipe', 'inherit'] })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  return child
}

const vodflow = await connect()
let worker = await startWorker()
try {
  const run = await startPublish(vodflow, FileId, values.take)
  const { workflowId, attached } = run
  console.log(`\n${workflowId}: ${attached ? 'already started; nothing is billed again' : 'started'}`)
  if (!attached) {
    for await (const { phase } of run.watch({ interval: 100 })) if (phase !== 'submitting') break
    worker.kill('SIGKILL')
    console.log(
      'The worker is killed while VOD works. Another worker continues the run; nothing is billed again.',
    )
    worker = await startWorker()
  }
  const { decision, reason, outputs } = await run.result()
  console.log(`${workflowId}: ${decision} (${reason})`)
  for (const { Type, Definition = '', urls } of outputs) {
    const more = urls.length > 1 ? ` and ${urls.length - 1} more` : ''
    console.log(`  ${Type} ${Definition}`.padEnd(30), `${urls[0] ?? 'no URL'}${more}`)
  }
  console.log(
    '\nThe URLs work while "npx vodflow dev --data .vodflow" runs. This page and its copies need no server:',
  )
  spawnSync('npx', ['vodflow', 'report', workflowId, '--copy', '--out', 'report'], { stdio: 'inherit' })
} catch (error) {
  if (!(error instanceof RunError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  // Its runs have ended.
  worker.kill('SIGKILL')
  await vodflow.close()
}
