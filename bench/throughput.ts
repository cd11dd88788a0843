import { doAll, type Floor, floors, jobsOf } from './harness/jobs.js'
import { inPairs, type Pairs, type Way } from './harness/pairs.js'
import type { Bench, Table } from './harness/result.js'
import { cpuMsOf } from './harness/server.js'
import { median, quantile, type Ratio, ratioOf, ratioText } from './harness/stats.js'
import { type Server, startWorld, type World } from './harness/world.js'

const atOnce = 30
const warmUp = 100
/** Of a round of every comparison; more of them, where the first comparison shows what they change. */
const fewJobs = 80

interface Round {
  readonly jobsPerSecond: number
  /** Of worker and callback handler. */
  readonly cpuMsPerJob: number
  /** Of Temporal; 0 for a cluster, whose processes are not ours. */
  readonly serverCpuMsPerJob: number
}

/** How many jobs a second, and what of the processor each takes. */
export const throughput: Bench = {
  about: 'jobs a second and processor time for each job, ours against the floor',
  async run({ full, rounds, jobs: given, servers }) {
    const tables: Table[] = []
    const raw: unknown[] = []
    const ratios: { server: Server; against: Floor; jobs: number; speed: Ratio }[] = []
    for (const [number, { server, against }] of comparisons(servers).entries()) {
      const more = number > 0 ? [] : full ? [1_000, 10_000] : [1_000]
      for (const jobs of given ? [given] : [fewJobs, ...more]) {
        const pairs = jobs > 1_000 ? Math.min(pairsOfAWorld, rounds) : rounds
        const { ours, floor, version } = await measure({ server, against, jobs, pairs })
        const of = (given: readonly Round[], key: keyof Round) => given.map((round) => round[key])
        const speed = ratioOf(of(ours, 'jobsPerSecond'), of(floor, 'jobsPerSecond'))
        const cpu = ratioOf(of(ours, 'cpuMsPerJob'), of(floor, 'cpuMsPerJob'))
        ratios.push({ server, against, jobs, speed })
        raw.push({ server, against, version, jobs, ours, floor })
        const show = (name: string, given: readonly Round[]) => {
          const speeds = of(given, 'jobsPerSecond')
          const spread = `${quantile(speeds, 0).toFixed(1)} to ${quantile(speeds, 1).toFixed(1)}`
          const temporal = median(of(given, 'serverCpuMsPerJob'))
          return [
            name,
            median(speeds).toFixed(1),
            spread,
            median(of(given, 'cpuMsPerJob')).toFixed(1),
            temporal === 0 ? '' : temporal.toFixed(1),
          ]
        }
        tables.push({
          title: `${jobs} jobs a round, ${atOnce} at once, Temporal ${version}: ${server}, against ${floors[against]}`,
          head: ['way', 'jobs a second', 'spread', 'CPU ms a job', "Temporal's CPU ms a job"],
          rows: [
            show('vodflow', ours),
            show(floors[against], floor),
            ['ratio', ratioText(speed), '', ratioText(cpu), ''],
          ],
        })
      }
    }
    return {
      tables,
      bars: ratios.map(({ server, against, jobs, speed }) => ({
        claim: `throughput at least 0.9 of ${floors[against]} (${server}, ${jobs} jobs)`,
        measured: ratioText(speed),
        held: speed.median >= 0.9,
      })),
      plots: [
        {
          title: 'Jobs a second, vodflow divided by the floor',
          unit: 'ratio, with its 95 % interval',
          bars: ratios.map(({ server, against, jobs, speed }) => ({
            label: `vodflow, ${server}, ${jobs} jobs${against === 'floorAlike' ? ', a floor with its means' : ''}`,
            value: speed.median,
            low: speed.low,
            high: speed.high,
          })),
          limit: { value: 0.9, label: 'at least 0.9' },
        },
      ],
      raw,
    }
  },
}

/** An in-memory server grows with each run, and is slower then: a new one after so many pairs. Even, so that each way is first as often. */
const pairsOfAWorld = 4

/** A floor that keeps VOD's rate and reads as vodflow does shows what the rest of vodflow costs; on one server, as it is the same on all. */
function comparisons(servers: readonly Server[]): { server: Server; against: Floor }[] {
  const [first, ...others] = servers
  if (!first) return []
  return [
    { server: first, against: 'floor' },
    { server: first, against: 'floorAlike' },
    ...others.map((server) => ({ server, against: 'floor' }) as const),
  ]
}

async function measure({
  server,
  against,
  jobs,
  pairs,
}: {
  readonly server: Server
  readonly against: Floor
  readonly jobs: number
  readonly pairs: number
}): Promise<Pairs<Round> & { version: string }> {
  let version = ''
  const ours: Round[] = []
  const floor: Round[] = []
  while (ours.length < pairs) {
    const world = await startWorld({ server })
    version = world.version
    try {
      const more = Math.min(pairsOfAWorld, pairs - ours.length)
      const found = await inPairs(more, (way, pair) =>
        round(world, { way, against, jobs: pair < 0 ? warmUp : jobs, name: String(pair) }),
      )
      ours.push(...found.ours)
      floor.push(...found.floor)
    } finally {
      await world.close()
    }
  }
  return { ours, floor, version }
}

interface Task {
  readonly way: Way
  readonly against: Floor
  readonly jobs: number
  readonly name: string
}

async function round(world: World, { way, against, jobs, name }: Task): Promise<Round> {
  const side = way === 'ours' ? world.ours : world.theirs
  const media = await world.media(jobs)
  await world.callbacksTo(side.callbacksUrl)
  const doJob = jobsOf(world)[way === 'ours' ? 'ours' : against]
  const before = await side.usage()
  const serverBefore = await serverCpuMs(world)
  const start = performance.now()
  await doAll(media, atOnce, (FileId, number) => doJob(FileId, `${way}/${name}/${number}`))
  const seconds = (performance.now() - start) / 1_000
  const { cpuMs } = await side.usage()
  return {
    jobsPerSecond: jobs / seconds,
    cpuMsPerJob: (cpuMs - before.cpuMs) / jobs,
    serverCpuMsPerJob: ((await serverCpuMs(world)) - serverBefore) / jobs,
  }
}

async function serverCpuMs({ server }: World): Promise<number> {
  return server ? cpuMsOf(server.pid) : 0
}
