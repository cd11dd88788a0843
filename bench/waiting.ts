import { setTimeout as sleep } from 'node:timers/promises'
import { doAll } from './harness/jobs.js'
import type { Bench } from './harness/result.js'
import { cpuMsOf, requestsTo } from './harness/server.js'
import type { Usage } from './harness/side.js'
import { procedure } from './harness/vod.js'
import { startWorld, type World } from './harness/world.js'

const dayMs = 24 * 3_600_000
const quietMs = 30_000
/** Runs. Most of those that wait fall out of it. */
const smallCache = 500

interface Waited {
  readonly runs: number
  readonly usage: Usage
  readonly callsAMinute: number
  readonly workerCpuMs: number
  readonly serverCpuMs: number
}

/** Runs that wait, and what they cost while nothing happens. */
export const waiting: Bench = {
  about: 'memory, load and API calls of runs that wait, and how soon all end when their callbacks come',
  async run({ full, jobs }) {
    const most = jobs ?? 10_000
    const fewest = Math.ceil(most / 10)
    const cached = await wait([fewest, most], 2 * most)
    const beyond = await wait([2 * smallCache, full ? 100_000 : Math.max(most, 4 * smallCache)], smallCache)
    const perRun = (found: readonly Waited[], at: number) => {
      const [now, before] = [found[at] as Waited, found[at - 1] as Waited]
      return (now.usage.usedBytes - before.usage.usedBytes) / (now.runs - before.runs) / 1_024
    }
    const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
    const rowsOf = (name: string, { found, endedMs }: Waits) =>
      found.map((each, at) => [
        name,
        each.runs,
        mib(each.usage.usedBytes),
        mib(each.usage.keptBytes),
        mib(each.usage.rssBytes),
        at === 0 ? '' : perRun(found, at).toFixed(1),
        each.callsAMinute,
        each.workerCpuMs.toFixed(0),
        each.serverCpuMs.toFixed(0),
        at === found.length - 1 ? (endedMs / 1_000).toFixed(0) : '',
      ])
    const calls = [...beyond.found, ...cached.found].reduce((sum, each) => sum + each.callsAMinute, 0)
    const last = beyond.found.length - 1
    const growth = perRun(beyond.found, last)
    const [, few, many] = cached.found as [Waited, Waited, Waited]
    const [early, late] = [perRun(cached.found, 1), perRun(cached.found, 2)]
    return {
      tables: [
        {
          title: 'Runs that wait',
          head: [
            'cache',
            'runs',
            'MiB in use',
            'MiB kept to use again',
            'MiB resident',
            'KiB in use for each further run',
            'API calls a minute',
            'worker CPU ms a minute',
            'server CPU ms a minute',
            's until all have ended',
          ],
          rows: [...rowsOf('all runs', cached), ...rowsOf(`${smallCache} runs`, beyond)],
        },
      ],
      bars: [
        {
          claim: `a waiting run in the cache takes as much memory from ${few.runs} to ${many.runs} as up to ${few.runs} (at most 1.1 of it)`,
          measured: `${early.toFixed(1)}, then ${late.toFixed(1)} KiB`,
          held: late <= 1.1 * early,
        },
        {
          claim: 'beyond the cache a waiting run takes nothing (under 1 KiB)',
          measured: `${growth.toFixed(2)} KiB`,
          held: growth < 1,
        },
        {
          claim: 'no API call of a waiting run before its first look',
          measured: `${calls} calls`,
          held: calls === 0,
        },
      ],
      plots: [
        {
          title: 'Memory in use in the worker for each further waiting run',
          unit: 'KiB',
          bars: [
            { label: `vodflow, to ${few.runs} runs, all in the cache`, value: early },
            { label: `vodflow, from ${few.runs} to ${many.runs}, all in the cache`, value: late },
            {
              label: `vodflow, to ${beyond.found.at(-1)?.runs} runs, cache of ${smallCache}`,
              value: growth,
            },
          ],
        },
      ],
      raw: { beyond, cached },
    }
  },
}

interface Waits {
  readonly found: readonly Waited[]
  readonly endedMs: number
}

/** @param cache - In runs. */
async function wait(sizes: readonly number[], cache: number): Promise<Waits> {
  const world = await startWorld({
    // They end when the clock of VOD is moved on.
    vod: { taskTime: dayMs, concurrency: 1_000_000, switches: { ignoreSkew: true } },
    side: { maxCachedWorkflows: cache },
  })
  try {
    await world.callbacksTo(world.ours.callbacksUrl)
    // What is loaded once is not of a run.
    const warm = await world.media(20)
    await start(world, warm, 'warm')
    let running = warm.length
    const found: Waited[] = [{ ...(await quiet(world)), runs: running }]
    for (const size of sizes) {
      await start(world, await world.media(size - running), String(size))
      running = size
      found.push({ ...(await quiet(world)), runs: size })
    }
    const began = performance.now()
    await endAll(world)
    while ((await stillRunning(world)) > 0) await sleep(200)
    return { found, endedMs: performance.now() - began }
  } finally {
    await world.close()
  }
}

async function start(world: World, media: readonly string[], name: string): Promise<void> {
  const tasks = world.vod.books().tasks.length + media.length
  await doAll(media, 30, async (FileId, number) => {
    const request = { FileId, ProcedureName: procedure }
    await world.vodflow.process(request, { workflowId: `waits/${name}/${number}`, requireWorker: false })
  })
  while (world.vod.books().tasks.length < tasks) await sleep(100)
  // A run waits when it has set the timer of its first look: what comes before is no waiting.
  const last = world.vodflow.client.workflow.getHandle(`waits/${name}/${media.length - 1}`)
  const waits = async () =>
    (await last.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes)
  while (!(await waits())) await sleep(100)
  // And the others, when no workflow task is answered any more.
  for (let before = -1; ; ) {
    const answered = await requestsTo(world, 'RespondWorkflowTaskCompleted')
    if (answered === before) return
    before = answered
    await sleep(500)
  }
}

async function stillRunning({ vodflow }: World): Promise<number> {
  const query = "WorkflowType = 'processMediaByProcedure' AND ExecutionStatus = 'Running'"
  return (await vodflow.client.workflow.count(query)).count
}

/** Tasks whose runs have not ended yet, when the next ones end: ten thousand at once would be a load that no VOD makes. */
const endsAtOnce = 200

/** Moves VOD's clock on, as fast as runs end. */
async function endAll(world: World): Promise<void> {
  const { vod } = world
  const ends = vod.books().tasks.map(({ beganAt }) => beganAt + dayMs + 1)
  ends.sort((one, other) => one - other)
  for (let ended = 0; ended < ends.length; ) {
    ended = Math.min(ended + endsAtOnce, ends.length)
    const end = ends[ended - 1] as number
    // Never back: what had ended would be going on again, for whoever reads it then.
    if (end > vod.clock.now()) vod.clock.set(end)
    while ((await stillRunning(world)) > ends.length - ended + endsAtOnce / 2) await sleep(100)
  }
}

async function quiet(world: World): Promise<Omit<Waited, 'runs'>> {
  const server = world.server?.pid
  const calls = world.vod.books().calls.length
  const before = await world.ours.usage()
  const serverBefore = server === undefined ? 0 : await cpuMsOf(server)
  await sleep(quietMs)
  const after = await world.ours.usage()
  const serverAfter = server === undefined ? 0 : await cpuMsOf(server)
  const aMinute = 60_000 / quietMs
  return {
    usage: after,
    callsAMinute: (world.vod.books().calls.length - calls) * aMinute,
    workerCpuMs: (after.cpuMs - before.cpuMs) * aMinute,
    serverCpuMs: (serverAfter - serverBefore) * aMinute,
  }
}
