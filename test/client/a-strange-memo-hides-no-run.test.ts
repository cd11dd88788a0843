import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.close())

const odd: readonly unknown[] = [null, 7, [1], { a: 1 }, 'a text', { request: 7 }, { stopped: 1, ended: [] }]
const fields = ['vodflow.request', 'vodflow.reason', 'vodflow.canceled', 'vodflow.batch', 'vodflow.position']

it('runs that anyone has started with any memo are listed, and their ends told', async () => {
  const { client } = system.vodflow
  const ids: string[] = []
  for (const field of fields)
    for (const value of odd) {
      const workflowId = `odd/${field}/${JSON.stringify(value)}`
      await client.workflow.start('processMediaByProcedure', {
        workflowId,
        taskQueue: 'nobody',
        args: [],
        memo: { [field]: value },
      })
      ids.push(workflowId)
    }
  const listed = async () => {
    const runs = []
    for await (const run of system.vodflow.list({ workflowIdPrefix: 'odd/' })) runs.push(run)
    return runs
  }
  await expect.poll(async () => (await listed()).length).toBe(ids.length)
  for (const { reason, request } of await listed()) {
    expect(reason === undefined || typeof reason === 'string').toBe(true)
    expect(request === undefined || typeof request === 'object').toBe(true)
  }
  for (const workflowId of ids) {
    const run = await system.vodflow.attach(workflowId)
    await client.workflow.getHandle(workflowId).terminate('the test asks for it')
    await expect(run.result()).rejects.toMatchObject({ name: 'RunTerminatedError' })
  }
})
