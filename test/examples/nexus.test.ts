import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTeams, type Teams } from '../../examples/nexus/teams.js'
import { type System, startSystem } from '../support/system.js'

let system: System
let teams: Teams
beforeAll(async () => {
  system = await startSystem()
  teams = await startTeams(system.temporal.address)
})
afterAll(async () => {
  await teams.close()
  await system.close()
})

it('another namespace has the outcome, and one that attaches later has it too', async () => {
  const FileId = await system.media()
  const first = await teams.orderTrailer('first', FileId, 'two')
  expect(first.status).toBe('succeeded')
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  expect(run.attached).toBe(true)
  expect((await run.result()).TaskId).toBe(first.TaskId)
  expect(system.tasksOf(FileId)).toHaveLength(2)
})

it('a request that VOD refuses says why there too', async () => {
  const failure = await teams.orderTrailer('refused', await system.media(), 'nowhere').catch((error) => error)
  const words: string[] = []
  for (let cause = failure; cause; cause = cause.cause) words.push(cause.message)
  expect(words.join('\n')).toContain('InvalidParameterValue.ProcedureName')
})
