import { claim, play } from '../stage.js'
import { publishVideo } from './callerWorkflow.js'
import { shopQueue, startTeams } from './teams.js'

const template = { Name: 'OneTranscode', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }

/** Two workflows of another team, in another namespace, request the same job at the same time, and VOD must create one task. */
await play({}, async ({ stack, film }) => {
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const { FileId } = await film('a film', 3)
  const { shop, close } = await startTeams(stack.temporal.address)
  const publish = (workflowId: string, ProcedureName: string) =>
    shop.workflow.execute(publishVideo, {
      workflowId,
      taskQueue: shopQueue,
      args: [{ request: { FileId, ProcedureName } }],
    })
  try {
    const both = await Promise.all([
      publish('publish-web', template.Name),
      publish('publish-app', template.Name),
    ])
    const [first, second] = both
    claim(first.status === 'succeeded', `a workflow of another namespace has the outcome: ${first.TaskId}`)
    claim(second.TaskId === first.TaskId, 'another workflow that asks at the same time shares it')
    claim(
      (await publish('publish-late', template.Name)).TaskId === first.TaskId,
      'a workflow that asks later also shares it',
    )
    claim(stack.vod.books().tasks.length === 1, 'VOD created one task')
    const refusal = await publish('publish-typo', 'NoSuchTemplate').catch((error) => error)
    const why = String(refusal.cause?.cause?.message)
    claim(why.includes('ProcedureName'), `a request that VOD refuses says why: ${why}`)
  } finally {
    await close()
  }
})
