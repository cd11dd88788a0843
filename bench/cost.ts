import { type Cost, costOf } from './harness/history.js'
import { doAll, floors, jobsOf } from './harness/jobs.js'
import type { Bench } from './harness/result.js'
import { requestsTo } from './harness/server.js'
import { median } from './harness/stats.js'
import { startWorld, type World } from './harness/world.js'

/** A job of 50 s that is asked for every 2.5 s: twenty times, as one of 10 minutes every 30 s. */
const polledMs = 50_000
const pollMs = 2_500
const calledMs = 3_000
const each = 20
const manyLost = 300

/** What each way costs for one job. */
export const cost: Bench = {
  about: 'history events, workflow tasks, actions, calls and bytes for each job',
  async run() {
    const polled = await measured({ taskTime: polledMs }, async (world) => {
      const { pollingActivity, pollingWorkflow } = jobsOf(world, pollMs)
      return [
        await costs(world, 'an activity that polls', pollingActivity, each),
        await costs(world, 'a workflow that polls on a timer', pollingWorkflow, each),
      ]
    })
    const called = await measured({ taskTime: calledMs }, async (world) => {
      const { ours, floor, floorAlike } = jobsOf(world)
      // vodflow last: its sweep begins with its first run, and asks VOD too.
      await world.callbacksTo(world.theirs.callbacksUrl)
      const ofFloors = [
        await costs(world, 'the floor: submit, signal, read', floor, each),
        await costs(world, floors.floorAlike, floorAlike, each),
      ]
      await world.callbacksTo(world.ours.callbacksUrl)
      return [await costs(world, 'vodflow, callback comes', ours, each), ...ofFloors]
    })
    const lost = await measured({ taskTime: 1_000 }, async (world) => {
      await world.callbacksTo(world.ours.callbacksUrl)
      world.vod.faults.add({ kind: 'dropCallback' })
      const { ours } = jobsOf(world)
      const one = await costs(world, 'vodflow, its callback is lost', ours, each)
      const before = callsOf(world, 'DescribeTasks')
      const all = await costs(world, `vodflow, all callbacks of ${manyLost} jobs lost`, ours, manyLost)
      const sweepCalls = callsOf(world, 'DescribeTasks') - before
      const sweeps = await sweepsOf(world)
      return [one, { ...all, sweepCalls, sweeps }]
    })
    const rows = [...called, ...lost, ...polled]
    const [ours, floor, alike] = called as [Row, Row, Row]
    const many = lost[1] as Row & { sweepCalls: number; sweeps: number }
    const timer = polled[1] as Row
    const allowed = many.sweeps + 1.2 * (manyLost / 100)
    return {
      tables: [
        {
          title: 'Cost of one job with one task (median; API calls: mean)',
          head: ['way', 'events', 'workflow tasks', 'actions', 'signals', 'history bytes', 'API calls'],
          rows: rows.map((row) => [
            row.way,
            row.events,
            row.workflowTasks,
            row.actions.toFixed(2),
            row.signals,
            row.bytes,
            row.calls.toFixed(2),
          ]),
        },
        {
          title: 'History bytes by type of event (median)',
          head: ['events', ours.way, alike.way],
          rows: Object.entries(ours.bytesOf).map(([type, bytes]) => [type, bytes, alike.bytesOf[type] ?? 0]),
        },
      ],
      bars: [
        {
          claim: 'at most 23 events, never more than the floor',
          measured: `${ours.events}, floor ${floor.events}`,
          held: ours.events <= 23 && ours.events <= floor.events,
        },
        {
          claim: `no more events than ${floors.floorAlike}`,
          measured: `${ours.events}, floor ${alike.events}`,
          held: ours.events <= alike.events,
        },
        {
          claim: 'at least 9 times fewer events than polling on a timer every 30 s of a 10-minute job',
          measured: `${timer.events} / ${ours.events} = ${(timer.events / ours.events).toFixed(1)}`,
          held: timer.events >= 9 * ours.events,
        },
        {
          claim: 'all callbacks lost: sweep calls at most sweeps + 1.2 x tasks / 100',
          measured: `${many.sweepCalls} of ${allowed.toFixed(1)} allowed (${many.sweeps} sweeps)`,
          held: many.sweepCalls <= allowed,
        },
      ],
      plots: [
        {
          title: 'History of one job',
          unit: 'events',
          bars: rows.map(({ way, events }) => ({ label: way, value: events })),
        },
        {
          title: 'Calls to VOD for one job',
          unit: 'calls',
          bars: rows.map(({ way, calls }) => ({ label: way, value: calls })),
        },
      ],
      raw: rows,
    }
  },
}

interface Row extends Cost {
  readonly way: string
  readonly calls: number
}

async function measured(
  vod: { readonly taskTime: number },
  work: (world: World) => Promise<Row[]>,
): Promise<Row[]> {
  const sweep = { interval: 5_000, gracePeriod: 2_000, windowOverlap: 2_000 }
  const world = await startWorld({ vod, side: { pollMs, sweep } })
  try {
    return await work(world)
  } finally {
    await world.close()
  }
}

async function costs(
  world: World,
  way: string,
  work: (FileId: string, workflowId: string) => Promise<void>,
  count: number,
): Promise<Row> {
  const media = await world.media(count)
  const before = world.vod.books().calls.length
  const heartbeats = await requestsTo(world, 'RecordActivityTaskHeartbeat')
  const id = (number: number) => `${way}/${number}`
  await doAll(media, 100, (FileId, number) => work(FileId, id(number)))
  const calls = (world.vod.books().calls.length - before) / count
  const beats = ((await requestsTo(world, 'RecordActivityTaskHeartbeat')) - heartbeats) / count
  const all: Cost[] = []
  await doAll(media, 10, async (_, number) => void all.push(await costOf(world.vodflow.client, id(number))))
  const middle = (of: (one: Cost) => number) => median(all.map(of))
  const types = Object.keys(all[0]?.bytesOf ?? {})
  return {
    way,
    calls,
    events: middle(({ events }) => events),
    workflowTasks: middle(({ workflowTasks }) => workflowTasks),
    actions: middle(({ actions }) => actions) + beats,
    signals: middle(({ signals }) => signals),
    bytes: middle(({ bytes }) => bytes),
    bytesOf: Object.fromEntries(types.map((type) => [type, middle(({ bytesOf }) => bytesOf[type] ?? 0)])),
  }
}

function callsOf({ vod }: World, action: string): number {
  return vod.books().calls.filter((call) => call.action === action).length
}

/** Every sweep reads its first page at least. */
async function sweepsOf({ vodflow }: World): Promise<number> {
  let sweeps = 0
  for await (const { workflowId, runId } of vodflow.client.workflow.list({
    query: "WorkflowType = 'sweep'",
  })) {
    const { events } = await vodflow.client.workflow.getHandle(workflowId, runId).fetchHistory()
    sweeps += (events ?? []).filter((event) => event.timerFiredEventAttributes).length + 1
  }
  return sweeps
}
