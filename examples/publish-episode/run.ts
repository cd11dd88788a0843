import { readFile } from 'node:fs/promises'
import { claim, play, say } from '../stage.js'
import { startReceiver } from './receiver.js'
import { startEpisode } from './start.js'

const receiver = await startReceiver()
const options = {
  workflows: import.meta.resolve('./workflows.ts'),
  taskQueue: 'episodes',
  allow: ['ModifyMediaInfo', 'DeleteMedia'],
  webhooks: { default: receiver.endpoint },
}
const template = JSON.parse(await readFile(new URL('episode.json', import.meta.url), 'utf8'))

await play(options, async ({ stack, vodflow, film }) => {
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const episode = async (id: string, title: string) => {
    const { MediaUrl } = await film(title)
    return { id, title, MediaUrl }
  }
  const media = (FileId: string) => stack.vodClient.call('DescribeMediaInfos', { FileIds: [FileId] })

  const first = await episode('e01', 'A quiet evening')
  const clean = await (await startEpisode(vodflow, first)).result()
  claim(
    clean.decision === 'approved',
    `an episode that passes is published without a person (${clean.reason})`,
  )
  const made = stack.vod.books().tasks.length
  const again = await (await startEpisode(vodflow, first)).result()
  claim(
    again.FileId === clean.FileId && stack.vod.books().tasks.length === made,
    'a second start returns the same result, and VOD bills nothing',
  )

  const blocked = await (await startEpisode(vodflow, await episode('e02', 'Something to block'))).result()
  claim(blocked.decision === 'rejected', `an episode that VOD blocks is rejected (${blocked.reason})`)
  claim((await media(blocked.FileId)).NotExistFileIdSet.length === 1, 'it is deleted from the library')

  const doubtful = await startEpisode(vodflow, await episode('e03', 'Something to review'))
  say('… a doubtful episode waits for a person')
  let [gate] = await vodflow.gates(doubtful.workflowId)
  while (!gate) {
    await new Promise((again) => setTimeout(again, 100))
    ;[gate] = await vodflow.gates(doubtful.workflowId)
  }
  claim(
    gate.Suggestion === 'review' && gate.evidence.length > 0,
    `the person sees the evidence: ${gate.evidence[0]?.url}`,
  )
  const reason = 'a beach, nothing more'
  await vodflow.decide(doubtful.workflowId, { gate: 'review', decision: 'approved', by: 'ada', reason })
  const approved = await doubtful.result()
  claim(approved.decision === 'approved', `the person decides: ${approved.by}, ${approved.reason}`)
  const { MediaInfoSet } = await media(approved.FileId)
  claim(JSON.stringify(MediaInfoSet).includes('"published"'), 'the episode is then tagged in VOD')
  const sent = ['episode.approved', 'episode.rejected', 'review.opened', 'episode.approved']
  claim(
    JSON.stringify(receiver.types) === JSON.stringify(sent),
    `signed webhooks were sent: ${receiver.types.join(', ')}`,
  )
})
receiver.close()
