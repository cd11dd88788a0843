import { claim, play, say } from '../stage.js'

const template = { Name: 'library', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }
const films = 6

await play({}, async ({ stack, vodflow, film }) => {
  await stack.vodClient.call('CreateProcedureTemplate', template)
  for (let number = 1; number <= films; number++) await film(`film ${number}`, 1)
  const request = { source: { search: { NamePrefixes: ['film'] } }, ProcedureName: template.Name, window: 3 }

  const first = await (await vodflow.batches.start(request, { workflowId: 'library-1' })).result()
  claim(first.counts.ended.succeeded === films, `all ${films} films are processed`)

  const idle = await vodflow.batches.plan(request)
  claim(idle.plan?.wouldSkip === films, 'a plan shows that nothing is left to do')

  say('… the template changes: it has one more definition')
  const TranscodeTaskSet = [{ Definition: 100010 }, { Definition: 100020 }]
  await stack.vodClient.call('ResetProcedureTemplate', {
    ...template,
    MediaProcessTask: { TranscodeTaskSet },
  })
  const { plan } = await vodflow.batches.plan(request)
  claim(plan?.wouldStart === films, `a plan now shows: ${JSON.stringify(plan)}`)

  const batch = await vodflow.batches.start({ ...request, maxTasks: films }, { workflowId: 'library-2' })
  await batch.pause()
  say('… paused, and resumed with a wider window')
  await batch.setWindow(4)
  await batch.resume()
  const { counts } = await batch.result()
  claim(
    counts.ended.succeeded === films && counts.tasks === films,
    `each film is processed once: ${counts.tasks} tasks`,
  )
  const made = stack.vod.books().tasks.length
  claim(made === 2 * films, `VOD created ${made} tasks in total`)
})
