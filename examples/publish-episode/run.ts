import { startReceiver } from '../receiver.js'
import { claim, play, say } from '../stage.js'
import type { Published } from './workflows.js'

const template = {
  Name: 'episode',
  MediaProcessTask: {
    AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
    CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 50 }],
  },
  ReviewAudioVideoTask: { Definition: 10 },
}

const receiver = await startReceiver()
const options = {
  workflows: import.meta.resolve('./workflows.ts'),
  allow: ['ModifyMediaInfo', 'DeleteMedia'],
  webhooks: { default: receiver.endpoint },
}

await play(options, async ({ stack, vodflow, film, start }) => {
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const episode = async (title: string) => {
    const { MediaUrl } = await film(title)
    return start('publishEpisode', { title, MediaUrl, ProcedureName: template.Name })
  }
  const result = (workflowId: string): Promise<Published> =>
    vodflow.client.workflow.getHandle(workflowId).result()
  const media = (FileId: string) => stack.vodClient.call('DescribeMediaInfos', { FileIds: [FileId] })

  const clean = await result(await episode('A quiet evening'))
  claim(clean.published, `an episode that passes is published without anybody (${clean.because})`)

  const blocked = await result(await episode('Something to block'))
  claim(!blocked.published, `one that is blocked is not (${blocked.because})`)
  claim((await media(blocked.FileId)).NotExistFileIdSet.length === 1, 'and it is gone from the library')

  const doubtful = await episode('Something to review')
  say('… one that is doubtful waits for a person')
  let [gate] = await vodflow.gates(doubtful)
  while (!gate) {
    await new Promise((again) => setTimeout(again, 100))
    ;[gate] = await vodflow.gates(doubtful)
  }
  claim(
    gate.Suggestion === 'review' && gate.evidence.length > 0,
    `who sees the evidence: ${gate.evidence[0]?.url}`,
  )
  await vodflow.decide(doubtful, {
    gate: 'review',
    decision: 'approved',
    by: 'ada',
    reason: 'a beach, nothing more',
  })
  const approved = await result(doubtful)
  claim(approved.published, `and decides: ${approved.because}`)
  const { MediaInfoSet } = await media(approved.FileId)
  claim(JSON.stringify(MediaInfoSet).includes('"published"'), 'then it is tagged in VOD')
  const told = ['episode.published', 'episode.rejected', 'review.opened', 'episode.published']
  claim(
    JSON.stringify(receiver.types) === JSON.stringify(told),
    `others were told, signed: ${receiver.types.join(', ')}`,
  )
})
receiver.close()
