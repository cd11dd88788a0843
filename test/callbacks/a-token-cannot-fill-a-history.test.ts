import { expect, it } from 'vitest'
import { address, ours, rig } from './rig.js'

it('one step gets so many events and no more; another one is not touched', async () => {
  const { handler, hints, post } = rig({ limits: { maxPerStep: 20 } })
  for (let n = 0; n < 100; n++) expect(await post(ours({ TaskId: `task-${n}` }))).toBe(200)
  expect(hints).toHaveLength(20)
  expect(handler.counts()).toMatchObject({ delivered: 20, tooMany: 80 })
  await post(ours({ address: { ...address, SessionId: 'b'.repeat(40) } }))
  expect(hints).toHaveLength(21)
})
