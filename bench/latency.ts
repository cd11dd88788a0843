import { setTimeout as sleep } from 'node:timers/promises'
import { type DoJob, doAll, jobsOf } from './harness/jobs.js'
import { inPairs, orderOf, type Pairs, type Way } from './harness/pairs.js'
import { type Relay, startRelay } from './harness/relay.js'
import type { Bench } from './harness/result.js'
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
/** The task is done in 200 ms: those that poll have just looked. */
const justAfter = 'the task ends just after a read'

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
      const urls = { ours: world.ours.callbacksUrl, floor: world.theirs.callbacksUrl }
      const idlePair = async () => {
        // Job by job, so that both meet the same moment of the machine.
        const took: Record<Way, number[]> = { ours: [], floor: [] }
        for (let number = 0; number < idleJobs; number++) {
          for (const way of orderOf(number)) {
            relay.to(urls[way])
            const [FileId] = (await world.media(1)) as [string]
            took[way].push(await delayOf(relay, jobs[way], FileId, `${way}/idle`))
          }
        }
        return took
      }
      await idlePair()
      const idlePairs = await inOrder(rounds, idlePair)
      const idle = { ours: idlePairs.map(({ ours }) => ours), floor: idlePairs.map(({ floor }) => floor) }
      const load = await inPairs(rounds, (way) => {
        relay.to(urls[way])
        return atRate(world, relay, jobs[way], `${way}/load`)
      })
      relay.to(undefined)
      const polling = {
        activity: await atOnce(world, relay, jobs.pollingActivity, 'activity'),
        workflow: await atOnce(world, relay, jobs.pollingWorkflow, 'workflow'),
      }
      const show = (name: string, took: readonly number[]) => [
        name,
        ...[0.5, 0.95, 0.99].map((share) => quantile(took, share).toFixed(0)),
        took.length,
      ]
      const ratios = { idle: ratioOfMedians(idle), load: ratioOfMedians(load) }
      return {
        tables: [
          {
            title: 'From the callback POST to the result, ms',
            head: ['way', 'p50', 'p95', 'p99', 'jobs'],
            rows: [
              show('vodflow, idle', idle.ours.flat()),
              show('the floor, idle', idle.floor.flat()),
              show(`vodflow, ${loadPerSecond} jobs a second`, load.ours.flat()),
              show(`the floor, ${loadPerSecond} jobs a second`, load.floor.flat()),
              show(`an activity that polls every 5 s, ${justAfter}`, polling.activity),
              show(`a workflow that polls every 5 s, ${justAfter}`, polling.workflow),
            ],
          },
        ],
        bars: (['idle', 'load'] as const).map((name) => ({
          claim: `callback to result, p50, at most 1.15 of the floor (${name === 'idle' ? 'idle' : 'under load'})`,
          measured: ratioText(ratios[name]),
          held: ratios[name].median <= 1.15,
        })),
        plots: [
          {
            title: 'From the callback POST to the result',
            unit: 'ms, p50',
            bars: [
              { label: 'vodflow, idle', value: quantile(idle.ours.flat(), 0.5) },
              { label: 'the floor, idle', value: quantile(idle.floor.flat(), 0.5) },
              { label: 'vodflow, under load', value: quantile(load.ours.flat(), 0.5) },
              { label: 'the floor, under load', value: quantile(load.floor.flat(), 0.5) },
              { label: 'an activity that polls, at worst', value: quantile(polling.activity, 0.5) },
              { label: 'a workflow that polls, at worst', value: quantile(polling.workflow, 0.5) },
            ],
          },
        ],
        raw: { idle, load, polling },
      }
    } finally {
      relay.close()
      await world.close()
    }
  },
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
