import { type DoJob, doAll, jobsOf } from './harness/jobs.js'
import { type Relay, startRelay } from './harness/relay.js'
import type { Bench } from './harness/result.js'
import { quantile, ratioOf, ratioText } from './harness/stats.js'
import { startWorld, type World } from './harness/world.js'

const idleJobs = 20
const loadJobs = 150
const loadAtOnce = 30
const pollMs = 5_000

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
      const pairsOf = async (name: string, count: number, atOnce: number) => {
        const ours: number[][] = []
        const floor: number[][] = []
        for (let round = -1; round < rounds; round++) {
          for (const way of round % 2 === 0 ? (['ours', 'floor'] as const) : (['floor', 'ours'] as const)) {
            relay.to(way === 'ours' ? world.ours.callbacksUrl : world.theirs.callbacksUrl)
            const took = await delays(world, relay, {
              doJob: jobs[way],
              name: `${way}/${name}/${round}`,
              count,
              atOnce,
            })
            // The first round is for warming up.
            if (round >= 0) (way === 'ours' ? ours : floor).push(took)
          }
        }
        const of = (given: number[][]) => given.map((took) => quantile(took, 0.5))
        return { ours, floor, ratio: ratioOf(of(ours), of(floor)) }
      }
      const idle = await pairsOf('idle', idleJobs, 1)
      const load = await pairsOf('load', loadJobs, loadAtOnce)
      relay.to(undefined)
      const poll = async (way: 'pollingActivity' | 'pollingWorkflow') =>
        delays(world, relay, { doJob: jobs[way], name: way, count: 40, atOnce: 40 })
      const polling = { activity: await poll('pollingActivity'), workflow: await poll('pollingWorkflow') }
      const show = (name: string, took: readonly number[]) => [
        name,
        ...[0.5, 0.95, 0.99].map((share) => quantile(took, share).toFixed(0)),
        took.length,
      ]
      return {
        tables: [
          {
            title: 'From the callback POST to the result, ms',
            head: ['way', 'p50', 'p95', 'p99', 'jobs'],
            rows: [
              show('vodflow, idle', idle.ours.flat()),
              show('the floor, idle', idle.floor.flat()),
              show(`vodflow, ${loadAtOnce} jobs at once`, load.ours.flat()),
              show(`the floor, ${loadAtOnce} jobs at once`, load.floor.flat()),
              show('an activity that polls every 5 s', polling.activity),
              show('a workflow that polls every 5 s', polling.workflow),
            ],
          },
        ],
        bars: [
          {
            claim: 'callback to result, p50, at most 1.15 of the floor (idle)',
            measured: ratioText(idle.ratio),
            held: idle.ratio.median <= 1.15,
          },
          {
            claim: 'callback to result, p50, at most 1.15 of the floor (under load)',
            measured: ratioText(load.ratio),
            held: load.ratio.median <= 1.15,
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

async function delays(
  world: World,
  relay: Relay,
  { doJob, name, count, atOnce }: { doJob: DoJob; name: string; count: number; atOnce: number },
): Promise<number[]> {
  const took: number[] = []
  await doAll(await world.media(count), atOnce, async (FileId, number) => {
    await doJob(FileId, `${name}/${number}`)
    const came = relay.came.get(FileId)
    if (came === undefined) throw new Error(`${name}/${number} ended, and no callback had come`)
    took.push(performance.now() - came)
  })
  return took
}
