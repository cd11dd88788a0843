import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GateDecision } from '../../src/workflows/index.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let theirs: Theirs
let operator: Operator

beforeAll(async () => {
  system = await startSystem()
  theirs = await startTheirs(system, 'pipelines')
  operator = await startOperator(system)
})
afterAll(async () => {
  await operator.close()
  await theirs.close()
  await system.close()
})

const film = { gate: 'film', decision: 'rejected', by: 'ada', reason: 'a logo in the corner' } as const
const cover = { gate: 'cover', decision: 'approved', by: 'bob', reason: 'nothing to see' } as const
const said = [film, cover].map((decision) => expect.objectContaining({ ...decision, decidedBy: 'person' }))

const handleOf = (workflowId: string) => system.vodflow.client.workflow.getHandle(workflowId)
const ended = (workflowId: string) => handleOf(workflowId).result() as Promise<readonly GateDecision[]>
const opened = (workflowId: string, gate: string) =>
  expect
    .poll(async () => (await system.vodflow.gates(workflowId)).find((each) => each.gate === gate)?.status)
    .toBe('open')

async function decidedRun(): Promise<string> {
  const workflowId = await theirs.start('decidedTwice')
  for (const decision of [film, cover]) {
    await opened(workflowId, decision.gate)
    await system.vodflow.decide(workflowId, decision)
  }
  expect(await ended(workflowId)).toEqual(said)
  return workflowId
}

describe('what people decided', () => {
  it('is decided again after a reset to any workflow task, and nobody is asked', async () => {
    const workflowId = await decidedRun()
    const { runId } = await handleOf(workflowId).describe()
    const boundaries = await operator.boundaries(workflowId)
    expect(boundaries.length).toBeGreaterThan(3)
    for (const boundary of boundaries) {
      await operator.reset(workflowId, boundary, { runId })
      expect(await ended(workflowId)).toEqual(said)
    }
  })

  it('is decided again in a run that was continued, too', async () => {
    const workflowId = await theirs.start('filmByFilm', ['X', 'Y'])
    for (const each of ['X', 'Y']) {
      await expect.poll(async () => (await system.vodflow.gates(workflowId)).length).toBe(0)
      await handleOf(workflowId).signal('film')
      await opened(workflowId, 'review')
      await system.vodflow.decide(workflowId, { ...film, gate: 'review', reason: each })
    }
    const decisions = await ended(workflowId)
    const [first] = await operator.boundaries(workflowId)
    await operator.reset(workflowId, first ?? 0)
    const again = await ended(workflowId)
    expect(again.map(({ by, reason }) => [by, reason])).toEqual([
      ['ada', 'X'],
      ['ada', 'Y'],
    ])
    expect(again[0]).toEqual(decisions[0])
  })

  it('is decided again where another program decided, which names no run', async () => {
    const workflowId = await theirs.start('decidedTwice')
    for (const decision of [film, cover]) {
      await opened(workflowId, decision.gate)
      await handleOf(workflowId).executeUpdate('vodflow.decide', { args: [decision] })
    }
    await ended(workflowId)
    const [first] = await operator.boundaries(workflowId)
    await operator.reset(workflowId, first ?? 0)
    expect(await ended(workflowId)).toEqual(said)
  })

  it('is all that a reset run waits for: of other gates it says at once that it has none', async () => {
    const workflowId = await theirs.start('decidedTwice')
    await opened(workflowId, 'film')
    const [first] = await operator.boundaries(workflowId)
    await operator.reset(workflowId, first ?? 0)
    await opened(workflowId, 'film')
    await expect(system.vodflow.decide(workflowId, { ...film, gate: 'flim' })).rejects.toThrow(
      'this run has no gate "flim" (it has reached "film")',
    )
    await handleOf(workflowId).terminate()
  })

  it('can be decided anew where an operator leaves the updates out', async () => {
    const workflowId = await decidedRun()
    const [first] = await operator.boundaries(workflowId)
    await operator.reset(workflowId, first ?? 0, { updates: false })
    await opened(workflowId, 'film')
    const approved = { ...film, decision: 'approved' } as const
    await system.vodflow.decide(workflowId, approved)
    await opened(workflowId, 'cover')
    await system.vodflow.decide(workflowId, cover)
    expect(await ended(workflowId)).toEqual([expect.objectContaining(approved), said[1]])
  })

  it('stands: after a reset another decision is refused', async () => {
    const workflowId = await theirs.start('decidedTwice')
    await opened(workflowId, 'film')
    await system.vodflow.decide(workflowId, film)
    await opened(workflowId, 'cover')
    const [first] = await operator.boundaries(workflowId)
    await operator.reset(workflowId, first ?? 0)
    await opened(workflowId, 'cover')
    const approved = system.vodflow.decide(workflowId, { ...film, decision: 'approved', by: 'eve' })
    await expect(approved).rejects.toThrow('rejected already, by ada')
    await system.vodflow.decide(workflowId, cover)
    expect(await ended(workflowId)).toEqual(said)
  })
})

it('a run that no reset has made says at once that it has no such gate', async () => {
  const workflowId = await theirs.start('decidedTwice')
  await opened(workflowId, 'film')
  await expect(system.vodflow.decide(workflowId, { ...film, gate: 'flim' })).rejects.toThrow(
    'this run has no gate "flim" (it has reached "film")',
  )
  await system.vodflow.decide(workflowId, film)
  await opened(workflowId, 'cover')
  await system.vodflow.decide(workflowId, cover)
  await ended(workflowId)
})
