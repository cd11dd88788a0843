import { workflowIdFor } from 'vodflow'
import { claim, play, say } from '../stage.js'
import { startJob } from './startJob.js'
import { pythonWithTemporal } from './venv.js'

const template = { Name: 'OneTranscode', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }

/** Python requests the same job twice, and VOD must create one task. */
await play({}, async ({ stack, film }) => {
  say('… creating a virtual environment with the package temporalio')
  const python = await pythonWithTemporal()
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const { FileId } = await film('a film', 3)
  const request = { FileId, ProcedureName: template.Name }
  const job = { address: stack.temporal.address, workflowId: workflowIdFor({ request }), request }
  const first = await startJob(python, job)
  claim(first.status === 'succeeded', `Python has the outcome: ${first.urls[0]}`)
  claim((await startJob(python, job)).attached, 'a second request attaches to the existing run')
  claim(stack.vod.books().tasks.length === 1, 'VOD created one task')
})
