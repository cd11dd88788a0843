import type { Outcome } from 'vodflow'
import { claim, play } from '../stage.js'

const templates = [
  { Name: 'television', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100030 }] } },
  { Name: 'telephone', MediaProcessTask: { AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }] } },
  { Name: 'shop-window', MediaProcessTask: { ImageSpriteTaskSet: [{ Definition: 10 }] } },
]

await play({ workflows: import.meta.resolve('./workflows.ts') }, async ({ stack, film, run }) => {
  for (const template of templates) await stack.vodClient.call('CreateProcedureTemplate', template)
  const { FileId } = await film('source')
  const names = templates.map(({ Name }) => Name)
  const outcomes = await run<readonly Outcome[]>('sideBySide', FileId, names)
  for (const [index, { status, tasks }] of outcomes.entries()) {
    const [part] = tasks.flatMap(({ parts }) => parts)
    claim(status === 'succeeded', `${names[index]}: ${part?.Type} at ${part?.urls[0]}`)
  }
  const made = stack.vod.books().tasks.filter((task) => task.FileId === FileId)
  claim(made.length === 3, 'VOD created three tasks and no more')
})
