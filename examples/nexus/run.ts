import { claim, play } from '../stage.js'
import { startTeams } from './teams.js'

const template = { Name: 'trailer', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }

await play({}, async ({ stack, film }) => {
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const { FileId } = await film('a trailer')
  const teams = await startTeams(stack.temporal.address)
  try {
    const both = await Promise.all(
      ['spring', 'autumn'].map((campaign) => teams.orderTrailer(campaign, FileId, template.Name)),
    )
    claim(
      both.every(({ status }) => status === 'succeeded'),
      'two workflows of another namespace have their outcome',
    )
    claim(both[0]?.TaskId === both[1]?.TaskId, 'it is one and the same run')
    claim(stack.vod.books().tasks.length === 1, 'and VOD made one task')
  } finally {
    await teams.close()
  }
})
