import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

it('a page of a history that is larger than what gRPC takes by default is read', async () => {
  const { workflow } = rig.vodflow.client
  const handle = await workflow.start('nobodyHasThis', { workflowId: 'large', taskQueue: 'nobody' })
  const large = 'x'.repeat(900_000)
  for (let sent = 0; sent < 6; sent++) await handle.signal('large', large)
  const { events } = await handle.fetchHistory()
  expect(events?.filter(({ workflowExecutionSignaledEventAttributes: signal }) => signal)).toHaveLength(6)
})
