import { afterAll, beforeAll, expect, it } from 'vitest'
import { installPython, startFromPython } from '../../examples/python/python.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  await installPython()
  system = await startSystem()
}, 180_000)
afterAll(() => system.close())

const start = (request: object) => startFromPython(system.temporal.address, request)

it('a Python program starts a run by its name, and reads its outcome', async () => {
  const request = { FileId: await system.media(), ProcedureName: 'two' }
  const first = await start(request)
  expect(first).toMatchObject({ status: 'succeeded', TaskId: expect.stringContaining('procedurev2') })
  expect(await start(request)).toEqual(first)
  expect(system.tasksOf(request.FileId)).toHaveLength(2)
})

it('attaches to the run that this client has started', async () => {
  const request = { FileId: await system.media(), ProcedureName: 'one' }
  const run = await system.vodflow.process(request)
  expect((await start(request)).TaskId).toBe((await run.result()).TaskId)
})

it('a request that is refused says why there too', async () => {
  const request = { FileId: await system.media(), ProcedureName: 'nowhere' }
  await expect(start(request)).rejects.toThrow('InvalidParameterValue.ProcedureName')
})
