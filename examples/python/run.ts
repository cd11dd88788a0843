import { claim, play, say } from '../stage.js'
import { installPython, startFromPython } from './python.js'

const template = { Name: 'python', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }

await play({}, async ({ stack, film }) => {
  say('… a virtual environment with the package temporalio')
  await installPython()
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const { FileId } = await film('a film')
  const request = { FileId, ProcedureName: template.Name }
  const start = () => startFromPython(stack.temporal.address, request)

  const first = await start()
  claim(first.status === 'succeeded', `Python started the run, and has its outcome: ${first.urls[0]}`)
  claim((await start()).TaskId === first.TaskId, 'asking again attaches to the same run')
  claim(stack.vod.books().tasks.length === 1, 'and VOD made one task')
})
