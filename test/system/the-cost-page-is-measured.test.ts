import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { costOf } from '../../bench/harness/history.js'
import { startReceiver } from '../../examples/publish-episode/receiver.js'
import type { VodflowPluginOptions } from '../../src/worker/index.js'
import { root } from '../support/binary.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

/** What something adds to a workflow: events, Temporal actions, calls to VOD. */
type Added = readonly [number, number, number]

let system: System
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 300, reviewTime: 900 })
  receiver = await startReceiver()
})
afterAll(async () => {
  receiver?.close()
  await system?.close()
})

async function costs(theirs: Theirs, type: string, ...args: unknown[]): Promise<Added> {
  const { vodflow, vod } = system
  const before = vod.books().calls.length
  const id = await theirs.start(type, ...args)
  if (type === 'gateByPerson') {
    await expect.poll(() => vodflow.gates(id)).toMatchObject([{ status: 'open' }])
    await vodflow.decide(id, { gate: 'review', decision: 'approved', by: 'ada', reason: 'a beach' })
  }
  const handle = vodflow.client.workflow.getHandle(id)
  await handle.result()
  const { events, actions } = await costOf(vodflow.client, id)
  const history = (await handle.fetchHistory()).events ?? []
  const updates = history.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length
  return [events, actions + updates, vod.books().calls.length - before]
}

/** Measures with a worker of its own what each workflow costs more than one that does nothing. */
async function measured(options: VodflowPluginOptions, types: readonly (readonly [string, () => unknown])[]) {
  const theirs = await startTheirs(system, 'costs', options)
  const [events, actions] = await costs(theirs, 'nothing')
  const rows: Record<string, Added> = {}
  for (const [type, argument] of types) {
    const all = await costs(theirs, type, await argument())
    rows[type] = [all[0] - events, all[1] - actions, all[2]]
  }
  await theirs.close()
  return rows
}

/** The names of the rows on the page. */
const rowOf: Readonly<Record<string, string>> = {
  oneTask: 'a step of one task',
  twoTasks: 'a step of two tasks, such as one with moderation',
  pull: '`pullUpload` without a procedure',
  read: '`callVod`',
  notified: '`notify`, accepted at the first try',
  gateByPolicy: '`reviewGate` that a verdict decides',
  gateByPerson: '`reviewGate` that a person decides',
}

it('what each step adds is what docs/cost.md says', { timeout: 240_000 }, async () => {
  const page = await readFile(join(root, 'docs/cost.md'), 'utf8')
  const onPage = (name: string) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${name} |`))
    return (row ?? '').split('|').slice(2, 5).map(Number)
  }
  const webhooks = { default: receiver.endpoint }
  const media = () => system.media()
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const account = { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } }
  const here = { accounts: { default: account }, macKeys: system.macKeys, sweep: false, webhooks } as const
  const added = await measured(here, [
    ['oneTask', media],
    ['twoTasks', media],
    ['pull', () => import.meta.url],
    ['read', media],
    ['notified', () => undefined],
    ['gateByPolicy', () => undefined],
    ['gateByPerson', () => undefined],
  ])
  const elsewhere = await measured({ servedElsewhere: ['default'], webhooks }, [['oneTask', media]])
  const rows = Object.entries(added).map(([type, cost]) => [rowOf[type] ?? type, cost] as const)
  const all = [...rows, ['a step of one task, with `servedElsewhere`', elsewhere.oneTask] as const]
  expect(Object.fromEntries(all)).toEqual(Object.fromEntries(all.map(([name]) => [name, onPage(name)])))
})
