import fc from 'fast-check'
import { expect, it } from 'vitest'
import { forged, imposter, ours, rig, TaskId } from './rig.js'

const statuses = [200, 400, 403, 413]

it('any bytes get an answer and wake nobody', async () => {
  const { post, hints } = rig()
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
      expect(statuses).toContain(await post(bytes))
    }),
    { numRuns: 500 },
  )
  expect(hints).toEqual([])
})

it('any JSON in the shape of an event gets an answer and wakes nobody', async () => {
  const { post, hints } = rig({ signKey: 'mysignkey' })
  const token = JSON.parse(forged()).ProcedureStateChangeEvent.SessionContext as string
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom(TaskId, token, 'FINISH', '', null, 'vf1.k1.e30.x'))
  const task = fc.record(
    { TaskId: field, Status: field, SessionContext: field, MediaProcessResultSet: field },
    { requiredKeys: [] },
  )
  const body = fc.record(
    {
      EventType: fc.oneof(
        fc.constantFrom('ProcedureStateChanged', 'ReviewAudioVideoComplete', '__proto__', 'constructor'),
        field,
      ),
      ProcedureStateChangeEvent: fc.oneof(task, field),
      ReviewAudioVideoCompleteEvent: fc.oneof(task, field),
      Sign: field,
      T: field,
    },
    { requiredKeys: ['EventType'] },
  )
  await fc.assert(
    fc.asyncProperty(body, async (given) => {
      expect(statuses).toContain(await post(JSON.stringify(given)))
    }),
    { numRuns: 1_000 },
  )
  expect(hints).toEqual([])
})

it('any change to an event of ours can only wake the step that asked for it', async () => {
  const { post, addresses } = rig()
  const body = ours()
  await post(body)
  const [asked] = addresses
  await fc.assert(
    fc.asyncProperty(fc.nat(body.length - 1), fc.string({ maxLength: 3 }), async (at, by) => {
      expect(statuses).toContain(await post(body.slice(0, at) + by + body.slice(at + 1)))
    }),
    { numRuns: 500 },
  )
  expect(addresses.every((address) => JSON.stringify(address) === JSON.stringify(asked))).toBe(true)
})

it('JSON as deep as the limit lets it be gets an answer', async () => {
  const { post } = rig()
  const deep = 120_000
  expect(await post(`{"EventType":"x","a":${'['.repeat(deep)}${']'.repeat(deep)}}`)).toBe(200)
  const results = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const body = ours({ keys: imposter }).replace(
    '"MediaProcessResultSet":[]',
    `"MediaProcessResultSet":[${results}]`,
  )
  expect(statuses).toContain(await post(body))
})
