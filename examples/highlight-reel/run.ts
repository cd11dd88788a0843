import type { Outcome } from 'vodflow'
import { claim, play } from '../stage.js'

const template = { Name: 'reel', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100020 }] } }
const highlights = [
  { from: 1, to: 2 },
  { from: 4, to: 6 },
  { from: 8, to: 9 },
]

const options = { workflows: import.meta.resolve('./workflows.ts'), allow: ['DeleteMedia'] }

await play(options, async ({ stack, film, run }) => {
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const { FileId } = await film('the game', 10)
  const outcome = await run<Outcome>('highlightReel', FileId, highlights, template.Name)
  const [part] = outcome.tasks.flatMap(({ parts }) => parts)
  claim(outcome.status === 'succeeded', `the reel is ready: ${part?.urls[0]}`)
  const seconds = Number(part?.Output.Duration)
  claim(
    Math.abs(seconds - 4) < 0.5,
    `it has three moments of four seconds in total (${seconds.toFixed(2)} s)`,
  )
  const { TotalCount } = await stack.vodClient.call('SearchMedia', { Limit: 10 })
  claim(TotalCount === 2, 'the library has the game and the reel; the pieces are gone')
})
