import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmulatorClock } from '../../src/emulator/index.js'
import { codeOf, type Rig, startRig } from './rig.js'

const day = 86_400_000
let rig: Rig
beforeAll(async () => {
  // The clock stands still, so the limit of 100 calls a second is stepped over by hand.
  rig = await startRig({
    clock: new EmulatorClock({ frozen: true, at: Date.now() }),
    switches: { ignoreSkew: true },
  })
})
afterAll(() => rig.close())

let session = 0
const freshSession = () => `session-${++session}`
const flowsOf = (SessionId: string) =>
  rig.books().tasks.filter((task) => task.SessionId === SessionId && task.TaskType === 'Procedure')

type Step = 'submit' | 'submit without a template' | 'ten milliseconds'
const step = fc.constantFrom<Step>('submit', 'submit', 'submit without a template', 'ten milliseconds')

test('whatever happens around it, one SessionId makes one task', async () => {
  const FileId = await rig.empty()
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.record({
        acceptTime: fc.constantFrom(0, 15),
        dedupBeforeValidation: fc.boolean(),
        twinInFlight: fc.constantFrom('InvalidParameterValue.SessionId' as const, 'InternalError' as const),
      }),
      async (steps, switches) => {
        Object.assign(rig.switches, switches)
        const SessionId = freshSession()
        const codes: Promise<string>[] = []
        let arrived = rig.books().calls.length
        const submit = (ProcedureName: string) =>
          codes.push(codeOf(rig.call('ProcessMediaByProcedure', { FileId, ProcedureName, SessionId })))
        for (const what of [...steps, 'submit'] as const) {
          if (what === 'submit') submit('flow')
          else if (what === 'submit without a template') submit('none')
          else rig.clock.advance(10)
        }
        let over = false
        const all = Promise.all(codes).finally(() => {
          over = true
        })
        // In-flight submits wait for the clock.
        while (!over) {
          rig.clock.advance(100)
          await new Promise((resolve) => setImmediate(resolve))
        }
        const answers = (await all).filter((code) => code === 'no error')
        expect(answers).toHaveLength(1)
        expect(flowsOf(SessionId)).toHaveLength(1)
        arrived = rig.books().calls.length - arrived
        expect(arrived).toBe(codes.length)
      },
    ),
    { numRuns: 60 },
  )
})

test('ProcessMediaByProcedure remembers a SessionId for 7 days, PullUpload for 3', async () => {
  Object.assign(rig.switches, { acceptTime: 0 })
  const submit = { FileId: await rig.empty(), ProcedureName: 'flow', SessionId: freshSession() }
  const pull = { MediaUrl: `${rig.endpoint}/media/none`, SessionId: freshSession() }
  const codes = async () => [
    await codeOf(rig.call('ProcessMediaByProcedure', submit)),
    await codeOf(rig.call('PullUpload', pull)),
  ]
  const seen = 'InvalidParameterValue.SessionId'
  expect(await codes()).toEqual(['no error', 'no error'])
  rig.clock.advance(3 * day - 1)
  expect(await codes()).toEqual([seen, seen])
  rig.clock.advance(1)
  expect(await codes()).toEqual([seen, 'no error'])
  rig.clock.advance(4 * day - 1)
  expect((await codes())[0]).toBe(seen)
  rig.clock.advance(1)
  expect((await codes())[0]).toBe('no error')
  expect(flowsOf(submit.SessionId)).toHaveLength(2)
})

test('no SessionId, no deduplication', async () => {
  const request = { FileId: await rig.empty(), ProcedureName: 'flow' }
  const one = await rig.call('ProcessMediaByProcedure', request)
  expect((await rig.call('ProcessMediaByProcedure', request)).TaskId).not.toBe(one.TaskId)
})

test('a failed validation uses up the SessionId only when the switch says so', async () => {
  const FileId = await rig.empty()
  const codes = async () => {
    const SessionId = freshSession()
    const submit = (ProcedureName: string) =>
      codeOf(rig.call('ProcessMediaByProcedure', { FileId, ProcedureName, SessionId }))
    return [await submit('none'), await submit('flow')]
  }
  expect(await codes()).toEqual(['InvalidParameterValue.ProcedureName', 'no error'])
  rig.switches.failedValidationUsesSessionId = true
  expect(await codes()).toEqual(['InvalidParameterValue.ProcedureName', 'InvalidParameterValue.SessionId'])
  rig.switches.failedValidationUsesSessionId = false
})
