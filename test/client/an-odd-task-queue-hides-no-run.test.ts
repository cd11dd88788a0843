import { afterAll, beforeAll, expect, it } from 'vitest'
import { stuckRuns } from '../../src/client/stuckRuns.js'
import { openRig, type Rig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

/** Temporal takes all of these as names, and finds some of them with no query. */
const odd = [
  'q"q',
  "q'q",
  'q\\q',
  'q\\',
  'q\\"q',
  'q\\nq',
  'q\nq',
  'q\tq',
  'q\u0000q',
  'q\u001bq',
  'q" OR "1"="1',
  'q%q',
  'q`q',
]

it('runs without a worker are found on every queue, next to those with odd names', async () => {
  const { client } = rig.vodflow
  for (const [index, taskQueue] of ['before', ...odd, 'after'].entries())
    await client.workflow.start('nobodyHasThis', { workflowId: `odd/${index}`, taskQueue })
  const ids = Array.from({ length: odd.length + 2 }, (_, index) => `odd/${index}`)
  await expect
    .poll(async () => {
      const { groups, notAsked } = await stuckRuns(client)
      const found = groups.filter(({ reason }) => reason === 'noWorker').map(({ workflowId }) => workflowId)
      return { found: found.sort(), notAsked }
    })
    .toEqual({ found: ids.sort(), notAsked: [] })
})
