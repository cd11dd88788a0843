import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from 'vodflow/emulator'
import { startTemporalDevServer } from '../src/cli/dev/devServer.js'
import { createVodClient } from '../src/vod/client.js'
import { Child } from '../test/chaos/child.js'
import { type Plan, planOf } from '../test/chaos/plan.js'
import { bullmq } from './contenders/bullmq.js'
import type { Contender, JobEnd } from './contenders/contender.js'
import { pollingOnTemporal, vodflowItself } from './contenders/onTemporal.js'
import type { Account } from './harness/account.js'
import { doAll } from './harness/jobs.js'
import type { Bench } from './harness/result.js'
import { procedure } from './harness/world.js'

const seed = 11
const atOnce = 50
const pollMs = 2_000
/** Tries of a job, where a contender leaves that to its user. */
const attempts = 10
const patienceMs = 10 * 60_000

interface Found {
  readonly name: string
  readonly jobs: number
  readonly tasks: number
  /** Tasks beyond the first of a job: paid for in vain. */
  readonly duplicates: number
  readonly notEnded: readonly string[]
  /** Of these, failed although VOD has their result. */
  readonly failedOnDuplicate: number
  readonly seconds: number
}

/** Who pays twice, and who loses jobs, when workers die and VOD misbehaves. */
export const faults: Bench = {
  about: 'duplicates and lost jobs while workers are killed and VOD misbehaves, ours against what people use',
  async run({ jobs = 1_000 }) {
    const plan = planOf({ seed, jobs, only: undefined, killTemporal: false })
    const retries = { pollMs, attempts, atOnce }
    const contenders = [
      (given: Given) => vodflowItself(given),
      (given: Given) => pollingOnTemporal(given, { ...retries, withSessionId: false }),
      (given: Given) => pollingOnTemporal(given, { ...retries, withSessionId: true }),
      (given: Given) => bullmq(given, { ...retries, withSessionId: false }),
      (given: Given) => bullmq(given, { ...retries, withSessionId: true }),
    ]
    const all: Found[] = []
    for (const contender of contenders) {
      const found = await measure(contender, plan)
      process.stderr.write(`${JSON.stringify({ ...found, notEnded: found.notEnded.slice(0, 5) })}\n`)
      all.push(found)
    }
    const perThousand = (count: number) => ((count * 1_000) / jobs).toFixed(0)
    const ours = all[0] as Found
    return {
      tables: [
        {
          title: `${jobs} jobs, ${atOnce} at once, two workers; for each 1,000 jobs`,
          head: [
            'who',
            'tasks paid twice',
            'jobs without their result',
            'of these: a duplicate answer taken for a failure',
            'seconds',
          ],
          rows: all.map((found) => [
            found.name,
            perThousand(found.duplicates),
            perThousand(found.notEnded.length),
            perThousand(found.failedOnDuplicate),
            found.seconds.toFixed(0),
          ]),
        },
      ],
      bars: [
        {
          claim: 'vodflow: no task paid twice, no job lost',
          measured: `${ours.duplicates} and ${ours.notEnded.length}`,
          held: ours.duplicates === 0 && ours.notEnded.length === 0,
        },
      ],
      raw: all,
    }
  },
}

interface Given {
  readonly address: string
  readonly account: Account
  readonly directory: string
}

async function measure(make: (given: Given) => Promise<Contender>, plan: Plan): Promise<Found> {
  const directory = await mkdtemp(join(tmpdir(), 'vodflow-faults-'))
  const keys = { secretId: 'bench', secretKey: randomBytes(16).toString('hex') }
  const vod = await startEmulator({
    ...keys,
    media: 'instant',
    instantMs: 1_500,
    waitingMs: 300,
    seed,
    switches: plan.switches,
  })
  const temporal = await startTemporalDevServer({ dbFilename: join(directory, 'temporal.db') })
  const contender = await make({
    address: temporal.address,
    account: { endpoint: vod.endpoint, ...keys },
    directory,
  })
  const child = (name: string, given: ReturnType<Contender['worker']>) =>
    new Child({ name, log: join(directory, name), ...given })
  const workers = ['worker 1', 'worker 2'].map((name) => child(name, contender.worker(name)))
  const callbacks = contender.callbacks && child('callbacks', contender.callbacks)
  const children = [...workers, ...(callbacks ? [callbacks] : [])]
  try {
    await Promise.all(children.map((each) => each.start()))
    await prepare(vod, keys, contender.callbacks?.url)
    // A sub-task that fails is no loss: it is left out, so that every job has a result.
    vod.faults.add(...plan.faults.filter(({ kind }) => kind !== 'failSubTask'))
    const file = join(directory, 'media.mp4')
    await writeFile(file, '')
    const media: string[] = []
    for (const job of plan.jobs) media.push((await vod.upload(file, { name: `job ${job.number}` })).FileId)
    const strikes = plan.strikes.filter(
      (strike) => strike.kind === 'throttle' || (strike.kind === 'kill' && strike.target !== 'temporal'),
    )
    const struck: Promise<void>[] = []
    const ends: JobEnd[] = []
    const began = performance.now()
    await doAll(media, atOnce, async (FileId, number) => {
      ends[number] = await contender.doJob(FileId, `job-${number}`, AbortSignal.timeout(patienceMs))
      const done = ends.filter(Boolean).length / media.length
      while (strikes[0] && strikes[0].at <= done) {
        const strike = strikes.shift() as (typeof strikes)[number]
        if (strike.kind === 'throttle') {
          vod.faults.add({ kind: 'error', action: '*', code: 'RequestLimitExceeded', times: strike.calls })
        } else if (strike.kind === 'kill') {
          const target =
            strike.target === 'callbacks' ? callbacks : workers[strike.target === 'worker 1' ? 0 : 1]
          if (target) struck.push(target.killAndRestart())
        }
      }
    })
    const seconds = (performance.now() - began) / 1_000
    await Promise.all(struck)
    const { tasks } = vod.books()
    const made = (FileId: string) =>
      tasks.filter((task) => task.FileId === FileId && task.TaskType === 'Procedure').length
    const problems = ends.flatMap((end, number) => ('problem' in end ? [`${number}: ${end.problem}`] : []))
    return {
      name: contender.name,
      jobs: media.length,
      tasks: tasks.length,
      duplicates: media.reduce((sum, FileId) => sum + Math.max(0, made(FileId) - 1), 0),
      notEnded: problems,
      failedOnDuplicate: problems.filter((problem) => /session ?id|duplicat/i.test(problem)).length,
      seconds,
    }
  } finally {
    await contender.close()
    await Promise.all(children.map((each) => each.stop()))
    await vod.close()
    await temporal.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function prepare(
  vod: Emulator,
  keys: { readonly secretId: string; readonly secretKey: string },
  NotificationUrl: string | undefined,
): Promise<void> {
  const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await client.call('CreateProcedureTemplate', {
    Name: procedure,
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  if (NotificationUrl) await client.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl })
}
