import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runType } from '../../src/contract/runNames.js'
import { type StepAddress, sealSessionContext } from '../../src/contract/seal/token.js'
import { createVodflowWorker } from '../../src/worker/index.js'
import { vodflow } from '../cli/cli.js'
import { type RunningWorker, runWorker } from '../support/runningWorker.js'
import { type System, startSystem } from '../support/system.js'

const hour = 3_600_000
/** Number of the default application. */
const app = 1_500_000_001

let system: System
let worker: RunningWorker
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
  // What has ended ten minutes ago should not be waited for: VOD's time is an hour behind.
  system.vod.switches.ignoreSkew = true
  system.vod.clock.advance(-hour)
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const accounts = { b: { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } } }
  worker = await runWorker(system.temporal.address, (connection) =>
    createVodflowWorker({ connection, accounts, macKeys: system.macKeys, sweep: false }),
  )
})
afterAll(async () => {
  await worker?.close()
  await system?.close()
})

interface Made {
  readonly TaskId: string
  readonly address: StepAddress
}

/** A task with a token of ours, which has ended. Temporal knows no such run, unless one is given. */
async function taskOf(given: Partial<StepAddress>): Promise<Made> {
  const FileId = await system.media()
  const address = {
    namespace: 'default',
    account: 'default',
    workflowId: `forgotten-${randomUUID()}`,
    chain: randomUUID(),
    SessionId: 'a'.repeat(40),
    ...given,
  }
  const SessionContext = sealSessionContext(address, system.macKeys)
  const request = { FileId, ProcedureName: 'one', SessionContext }
  const { TaskId } = await system.vodClient.call('ProcessMediaByProcedure', request)
  await expect.poll(() => system.tasksOf(FileId)[0]?.Status).toBe('FINISH')
  return { TaskId, address }
}

const run = (...args: readonly string[]) => vodflow(args, system.environment)
async function audit(...args: readonly string[]) {
  const { code, stdout } = await run('audit', '--json', ...args)
  return { code, ...JSON.parse(stdout) } as {
    readonly code: number
    readonly findings: readonly {
      readonly TaskId: string
      readonly repaired: boolean
      readonly problem?: string
    }[]
    readonly otherAccounts: readonly { readonly account: string; readonly tasks: number }[]
    readonly unasked: readonly { readonly workflowId: string; readonly TaskId: string }[]
  }
}
const about = async ({ TaskId }: Made, ...args: readonly string[]) => {
  const { code, findings } = await audit(...args)
  return { code, finding: findings.find((each) => each.TaskId === TaskId) }
}

it('a task of another account is not adopted, and stays found until its own audit adopts it', async () => {
  const made = await taskOf({ account: 'b' })
  const theirs = expect.objectContaining({
    repaired: false,
    problem: expect.stringContaining('vodflow audit --account b with the keys of that account'),
  })
  for (const flags of [['--repair'], ['--repair'], []])
    expect(await about(made, ...flags)).toEqual({ code: 2, finding: theirs })
  const { stdout } = await run('audit', '--repair')
  expect(stdout).toMatch(/found .*no run waits for .* Not repaired: its token names account b/)
  expect(stdout).toMatch(/Tokens of \d+ tasks? name account b: run vodflow audit --account b/)
  expect((await about(made, '--account', 'b')).finding).toMatchObject({ repaired: false })
  // As with the keys of one account and the alias of another.
  const { otherAccounts } = await audit('--account', 'c')
  expect(otherAccounts).toContainEqual({ account: 'b', tasks: 1 })
  expect((await about(made, '--account', 'b', '--repair')).finding).toMatchObject({ repaired: true })
  expect((await about(made)).finding).toEqual(theirs)
  await expect.poll(async () => (await about(made, '--account', 'b')).finding).toBeUndefined()
})

it('an adoption in the wrong account hides nothing', async () => {
  const made = await taskOf({ account: 'b', SubAppId: app })
  const { TaskId } = made
  await (await system.vodflow.adopt({ TaskId, SubAppId: app }, { account: 'default' })).result()
  await expect
    .poll(async () => (await about(made, '--account', 'b', '--repair')).finding)
    .toMatchObject({ repaired: true })
})

it('an adoption that was terminated hides nothing', async () => {
  const made = await taskOf({})
  const { workflowId } = await system.vodflow.adopt({ TaskId: made.TaskId, SubAppId: app })
  await system.vodflow.client.workflow.getHandle(workflowId).terminate()
  await expect.poll(async () => (await about(made)).finding).toMatchObject({ repaired: false })
})

it('a run of another account is not woken', async () => {
  const workflowId = `open-${randomUUID()}`
  const request = { FileId: 'x', ProcedureName: 'one' }
  const { firstExecutionRunId: chain } = await system.vodflow.client.workflow.start(runType, {
    workflowId,
    taskQueue: 'nobody-polls-this',
    args: [{ request, account: 'b' }],
  })
  const made = await taskOf({ account: 'b', workflowId, chain })
  // Nobody polls its task queue, so it cannot be asked whether it still waits.
  const { findings, unasked } = await audit('--repair')
  expect(findings.map(({ TaskId }) => TaskId)).not.toContain(made.TaskId)
  expect(unasked).toContainEqual(expect.objectContaining({ workflowId, TaskId: made.TaskId }))
  const handle = system.vodflow.client.workflow.getHandle(workflowId)
  const { events = [] } = await handle.fetchHistory()
  const hints = (events ?? []).flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.input?.payloads ?? [],
  )
  // VOD's own event came. A hint of the audit has no source.
  expect(hints.map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()).via)).toEqual(['push'])
  await handle.terminate()
})

it('a task is adopted in the application that its token names, by whichever list it was found', async () => {
  const named = await taskOf({ SubAppId: app })
  expect((await about(named, '--repair')).finding).toMatchObject({ SubAppId: app, repaired: true })
  const moved = await taskOf({ SubAppId: 1_500_000_999 })
  expect((await about(moved, '--repair')).finding).toMatchObject({
    repaired: false,
    problem: 'its token names the sub-app 1500000999, where VOD does not show it',
  })
  const numbered = await taskOf({})
  expect((await about(numbered, '--repair', '--sub-app', String(app))).finding).toMatchObject({
    repaired: true,
  })
})

it.each([
  ['--account b', { account: 'b' }, []],
  ['--account default', {}, ['--account', 'b']],
  ['--sub-app 1500000999', { SubAppId: 1_500_000_999 }, []],
  ['--account b --sub-app 1500000999', { account: 'b', SubAppId: 1_500_000_999 }, []],
])('adopt says that it needs %s', async (flags, given, args) => {
  const { TaskId } = await taskOf(given)
  const { code, stderr } = await run('adopt', TaskId, ...args)
  expect(stderr).toContain(`the token of "${TaskId}" names another account or application; pass ${flags}\n`)
  expect(code).toBe(1)
  const handle = system.vodflow.client.workflow.getHandle(`vod/account:b/task:${TaskId}`)
  await expect(handle.describe()).rejects.toThrow()
})

it('adopt does not attach to a run that waits in another account', async () => {
  const { TaskId } = await taskOf({})
  const open = { workflowId: `vod/${app}/task:${TaskId}`, taskQueue: 'nobody-polls-this' }
  await system.vodflow.client.workflow.start('adoptTask', {
    ...open,
    args: [{ TaskId, SubAppId: app, account: 'a' }],
  })
  await expect(system.vodflow.adopt({ TaskId, SubAppId: app })).rejects.toMatchObject({
    name: 'RequestMismatchError',
    differences: [{ field: 'account', was: '"a"', is: '"default"' }],
  })
})

it('says that VOD does not answer, once, while it asks again', async () => {
  system.vod.faults.add({ kind: 'error', action: 'DescribeTasks', code: 'InternalError', times: 2 })
  const { stderr } = await run('audit')
  expect(
    stderr.split('DescribeTasks failed (InternalError); asking VOD again, for about three minutes'),
  ).toHaveLength(2)
})
