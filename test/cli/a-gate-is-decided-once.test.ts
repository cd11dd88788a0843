import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'
import { vodflow } from './cli.js'

let system: System
let theirs: Theirs
let films: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100 })
  theirs = await startTheirs(system, 'own')
  films = await startTheirs(system, 'pipelines')
})
// The last test stops the worker of `theirs`.
afterAll(async () => {
  await films.close()
  await system.close()
})

const soon = { timeout: 60_000 }
const run = (...args: readonly string[]) => vodflow(args, system.environment)
const workflows = () => system.vodflow.client.workflow

/** A pipeline whose gate waits. */
async function atItsGate(): Promise<{ workflowId: string }> {
  const workflowId = await theirs.start('publish', await system.media(), ['news'])
  await expect.poll(async () => (await system.vodflow.gates(workflowId))[0]?.status, soon).toBe('open')
  return { workflowId }
}

describe('a second decision', () => {
  it('has the same answer for the same person, and shows others what stands', async () => {
    const { workflowId } = await atItsGate()
    const decide = (verb: string, by: string) =>
      run(verb, workflowId, '--reason', `${by} looked\nvodflow: twice`, '--by', by, '--json')
    const first = await decide('approve', 'ada')
    expect(first.code).toBe(0)
    for (const ended of [false, true]) {
      if (ended) await workflows().getHandle(workflowId).result()
      expect(await decide('approve', 'ada')).toEqual(first)
      for (const late of [await decide('reject', 'ada'), await decide('approve', 'bob')]) {
        expect(late.code).toBe(1)
        expect(late.stderr).toMatch(
          /gate "review" is approved already, by ada at \S+: ada looked vodflow: twice/,
        )
        expect(late.stderr.trim()).not.toContain('\n')
        expect(late.stderr).not.toMatch(/--gate/)
      }
    }
  })

  it('has the same answer too where the first one came another way', async () => {
    const { workflowId } = await atItsGate()
    const decision = { gate: 'review', decision: 'approved', by: 'ada', reason: 'in the Temporal UI' }
    const first = await workflows()
      .getHandle(workflowId)
      .executeUpdate('vodflow.decide', { args: [decision] })
    const again = await run('approve', workflowId, '--reason', 'r', '--by', 'ada', '--json')
    expect(JSON.parse(again.stdout)).toEqual({ workflowId, ...(first as object) })
    expect(again.code).toBe(0)
  })

  it('of several gates that wait one has to be named', async () => {
    const workflowId = await theirs.start('twoGates')
    await expect.poll(async () => (await system.vodflow.gates(workflowId)).length, soon).toBe(2)
    const which = await run('approve', workflowId, '--reason', 'r')
    expect(which).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/2 gates .* wait; pass one of them with --gate: film, cover/),
    })
    expect((await run('approve', workflowId, '--reason', 'r', '--by', 'ada', '--gate', 'film')).code).toBe(0)
    expect((await run('reject', workflowId, '--reason', 'r', '--by', 'ada')).stdout).toMatch(
      /gate cover rejected/,
    )
    const late = await run('approve', workflowId, '--reason', 'r', '--by', 'bob')
    expect(late.stderr).toMatch(/gate "film" approved by ada .*gate "cover" rejected by ada/)
    expect(late.stderr).not.toMatch(/--gate/)
    await workflows().getHandle(workflowId).terminate()
  })

  it('for what status showed decides nothing in a later run', async () => {
    const workflowId = await films.start('filmByFilm', ['X', 'Y'])
    const handle = workflows().getHandle(workflowId)
    const gates = () => system.vodflow.gates(workflowId)
    await handle.signal('film')
    await expect.poll(async () => (await gates())[0]?.status, soon).toBe('open')
    const shown = await run('status', workflowId)
    const [, flags = ''] = / (--gate \S+ --run \S+) /.exec(shown.stdout) ?? []
    const asShown = (by: string) =>
      run('approve', workflowId, ...flags.split(' '), '--reason', 'r', '--by', by)
    expect((await asShown('ada')).code).toBe(0)
    await expect.poll(gates, soon).toEqual([])
    await handle.signal('film')
    await expect.poll(async () => (await gates())[0]?.status, soon).toBe('open')
    expect(await asShown('bob')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/gate "review" is approved already, by ada/),
    })
    expect(await gates()).toMatchObject([{ status: 'open', subject: 'Y' }])
    await handle.terminate()
  })

  it('needs the gate where it names the run', async () => {
    expect(await run('approve', 'x', '--run', 'y', '--reason', 'r')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/--run needs --gate; pass the name/),
    })
  })

  it('of a workflow without a gate there is none', async () => {
    const workflowId = await theirs.start('returns')
    await workflows().getHandle(workflowId).result()
    const { code, stderr } = await run('approve', workflowId, '--reason', 'r')
    expect(stderr).toMatch(/has not reached a review gate; vodflow status/)
    expect(code).toBe(1)
  })
})

it('without a worker, a run that has ended says so, with the decision in its history', async () => {
  const { workflowId } = await atItsGate()
  const decide = (...args: readonly string[]) => run('approve', workflowId, '--reason', 'r', ...args)
  expect((await decide('--by', 'ada')).code).toBe(0)
  await workflows().getHandle(workflowId).result()
  const undecided = await theirs.start('returns')
  await workflows().getHandle(undecided).result()
  await theirs.close()
  expect((await decide('--by', 'ada')).code).toBe(0)
  const stands = /gate "review" is approved already, by ada at \S+: r/
  for (const flags of [
    ['--by', 'bob'],
    ['--by', 'bob', '--gate', 'review'],
  ])
    expect(await decide(...flags)).toMatchObject({ code: 1, stderr: expect.stringMatching(stands) })
  const { code, stderr } = await run('approve', undecided, '--reason', 'r')
  expect(stderr).toMatch(/has ended \(COMPLETED\), so no gate of it waits/)
  expect(code).toBe(1)
})
