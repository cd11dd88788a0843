import { setTimeout as sleep } from 'node:timers/promises'
import { type DoJob, doAll, type Floor, floors, jobsOf } from './harness/jobs.js'
import { inPairs, orderOf, type Pairs, type Way } from './harness/pairs.js'
import { type Relay, startRelay } from './harness/relay.js'
import type { Bench, Result } from './harness/result.js'
import { quantile, ratioOf, ratioText } from './harness/stats.js'
import { startWorld, type World } from './harness/world.js'

/** Of a pair; one job of each way after the other. */
const idleJobs = 10
/**
 * Jobs begin at this rate, whatever has become of those before: about half of what this stack does on two processors. A fixed number
 * at once would only measure throughput again.
 */
const loadPerSecond = 8
const loadJobs = 48
const pollMs = 5_000
/** Of the floor's time. */
const atMost = 1.15

/** From the callback's arrival to the result in the hands of the caller. */
export const latency: Bench = {
  about:
    'ms from the callback POST to the result, idle and under load, against the floor and against polling',
  async run({ rounds }) {
    const world = await startWorld({ side: { pollMs } })
    const relay = await startRelay()
    try {
      await world.callbacksTo(relay.url)
      const jobs = jobsOf(world, pollMs)
      const found = {
        floor: await compare(world, relay, { floor: 'floor', rounds }),
        floorAlike: await compare(world, relay, { floor: 'floorAlike', rounds }),
      }
      relay.to(undefined)
      const polling = {
        activity: await atOnce(world, relay, jobs.pollingActivity, 'activity'),
        workflow: await atOnce(world, relay, jobs.pollingWorkflow, 'workflow'),
      }
      return resultOf({ ...found, polling })
    } finally {
      relay.close()
      await world.close()
    }
  },
}

interface Measured extends Readonly<Record<Floor, Compared>> {
  readonly polling: { readonly activity: readonly number[]; readonly workflow: readonly number[] }
}

interface Compared {
  readonly idle: Pairs<readonly number[]>
  readonly load: Pairs<readonly number[]>
}

function resultOf(measured: Measured): Result {
  const comparisonWith = (floor: Floor) => {
    const name = floors[floor]
    const { idle, load } = measured[floor]
    return {
      name,
      took: [
        { way: 'vodflow, idle', ms: idle.ours.flat() },
        { way: `${name}, idle`, ms: idle.floor.flat() },
        { way: `vodflow, ${loadPerSecond} jobs a second`, ms: load.ours.flat() },
        { way: `${name}, ${loadPerSecond} jobs a second`, ms: load.floor.flat() },
      ],
      ratios: Object.entries({ idle: ratioOfMedians(idle), 'under load': ratioOfMedians(load) }),
    }
  }
  const plainest = comparisonWith('floor')
  const comparisons = [plainest, comparisonWith('floorAlike')]
  const { activity, workflow } = measured.polling
  const polled = [
    { way: 'an activity that polls every 5 s', ms: activity },
    { way: 'a workflow that polls every 5 s', ms: workflow },
  ]
  const title = 'From the callback POST to the result'
  const head = ['way', 'p50', 'p95', 'p99', 'jobs']
  return {
    tables: [
      ...comparisons.map(({ name, took }) => ({
        title: `${title}, ms: vodflow and ${name}`,
        head,
        rows: took.map(rowOf),
      })),
      // The task is done in 200 ms: they have just looked.
      {
        title: `${title}, ms: those that poll, the task ends just after a read`,
        head,
        rows: polled.map(rowOf),
      },
    ],
    bars: comparisons.flatMap(({ name, ratios }) =>
      ratios.map(([when, ratio]) => ({
        claim: `callback to result, p50, at most ${atMost} of ${name} (${when})`,
        measured: ratioText(ratio),
        held: ratio.median <= atMost,
      })),
    ),
    plots: [
      {
        title: `${title}, p50, vodflow divided by a floor`,
        unit: 'ratio, with its 95 % interval',
        bars: comparisons.flatMap(({ name, ratios }) =>
          ratios.map(([when, { median, low, high }]) => ({
            label: `vodflow, ${when}, against ${name}`,
            value: median,
            low,
            high,
          })),
        ),
        limit: { value: atMost, label: `at most ${atMost}` },
      },
      {
        title,
        unit: 'ms, p50',
        bars: [...plainest.took, ...polled.map(({ way, ms }) => ({ way: `${way}, at worst`, ms }))].map(
          ({ way, ms }) => ({ label: way, value: quantile(ms, 0.5) }),
        ),
      },
    ],
    raw: measured,
  }
}

/** vodflow and one floor in turn. */
async function compare(
  world: World,
  relay: Relay,
  { floor, rounds }: { readonly floor: Floor; readonly rounds: number },
): Promise<Compared> {
  const all = jobsOf(world)
  const jobs = { ours: all.ours, floor: all[floor] }
  const urls = { ours: world.ours.callbacksUrl, floor: world.theirs.callbacksUrl }
  const idlePair = async () => {
    // Job by job, so that both meet the same moment of the machine.
    const took: Record<Way, number[]> = { ours: [], floor: [] }
    for (let number = 0; number < idleJobs; number++) {
      for (const way of orderOf(number)) {
        relay.to(urls[way])
        const [FileId] = (await world.media(1)) as [string]
        took[way].push(await delayOf(relay, jobs[way], FileId, `${way}/${floor}/idle`))
      }
    }
    return took
  }
  await idlePair()
  const pairs = await inOrder(rounds, idlePair)
  const load = await inPairs(rounds, (way) => {
    relay.to(urls[way])
    return atRate(world, relay, jobs[way], `${way}/${floor}/load`)
  })
  return {
    idle: { ours: pairs.map(({ ours }) => ours), floor: pairs.map(({ floor }) => floor) },
    load,
  }
}

function rowOf({ way, ms }: { readonly way: string; readonly ms: readonly number[] }): (string | number)[] {
  return [way, ...[0.5, 0.95, 0.99].map((share) => quantile(ms, share).toFixed(0)), ms.length]
}

function ratioOfMedians({ ours, floor }: Pairs<readonly number[]>) {
  const of = (given: readonly (readonly number[])[]) => given.map((took) => quantile(took, 0.5))
  return ratioOf(of(ours), of(floor))
}

async function inOrder<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const found: T[] = []
  while (found.length < times) found.push(await work())
  return found
}

let number = 0

/** Does a job and tells how long after its callback it was over, ms. */
async function delayOf(relay: Relay, doJob: DoJob, FileId: string, name: string): Promise<number> {
  await doJob(FileId, `${name}/${number++}`)
  const came = relay.came.get(FileId)
  if (came === undefined) throw new Error(`${name} ended, and no callback had come`)
  return performance.now() - came
}

async function atRate(world: World, relay: Relay, doJob: DoJob, name: string): Promise<number[]> {
  const media = await world.media(loadJobs)
  const began = performance.now()
  return Promise.all(
    media.map(async (FileId, index) => {
      await sleep(began + (index * 1_000) / loadPerSecond - performance.now())
      return delayOf(relay, doJob, FileId, name)
    }),
  )
}

async function atOnce(world: World, relay: Relay, doJob: DoJob, name: string): Promise<number[]> {
  const took: number[] = []
  await doAll(
    await world.media(40),
    40,
    async (FileId) => void took.push(await delayOf(relay, doJob, FileId, name)),
  )
  return took
}
