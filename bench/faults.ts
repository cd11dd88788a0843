import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from '../test/chaos/child.js'
import { type Plan, planOf } from '../test/chaos/plan.js'
import { Striker } from '../test/chaos/striker.js'
import { devServer } from '../test/chaos/temporal.js'
import { bullmq } from './contenders/bullmq.js'
import type { Contender, Given, JobEnd, Start } from './contenders/contender.js'
import { dbos } from './contenders/dbos.js'
import { pollingOnTemporal, vodflowItself } from './contenders/onTemporal.js'
import { restate } from './contenders/restate.js'
import { install } from './contenders/rivalFolder.js'
import { doAll } from './harness/jobs.js'
import type { Bench } from './harness/result.js'
import { startVod } from './harness/vod.js'

const seed = 11
const atOnce = 100
const pollMs = 2_000
/** Tries of a job, where a contender leaves that to its user. */
const attempts = 8
/** Contenders that are measured at the same time: most of it is waiting. */
const lanes = 3
const patienceMs = 10 * 60_000

interface Found {
  readonly name: string
  readonly jobs: number
  readonly tasks: number
  /** Tasks beyond the first of a job: paid for in vain. */
  readonly duplicates: number
  readonly notEnded: readonly string[]
  /** Of these, whose error names a duplicate: the last one, of DBOS any of its eight. */
  readonly failedOnDuplicate: number
  readonly kills: number
  readonly seconds: number
}

/** Who pays twice, and who loses jobs, when workers die and VOD misbehaves. */
export const faults: Bench = {
  about: 'duplicates and lost jobs while workers are killed and VOD misbehaves, ours against what people use',
  async run({ jobs = 1_000 }) {
    const plan = planOf({ seed, jobs, steps: 0, only: undefined, killTemporal: false })
    const postgres = process.env.BENCH_POSTGRES_URL
    const rivals = [
      pollingOnTemporal('pollingActivity'),
      pollingOnTemporal('pollingWorkflow'),
      bullmq,
      restate,
      ...(postgres ? [(given: Given, withSessionId: boolean) => dbos(given, postgres, withSessionId)] : []),
    ]
    for (const name of ['bullmq', 'restate', ...(postgres ? ['dbos'] : [])]) install(name)
    const contenders = [
      vodflowItself,
      ...rivals.flatMap((rival) => [false, true].map((withId) => (given: Given) => rival(given, withId))),
    ]
    const all: Found[] = []
    await doAll(contenders, lanes, async (contender, place) => {
      const found = await measure(contender, plan)
      process.stderr.write(`${JSON.stringify({ ...found, notEnded: found.notEnded.slice(0, 5) })}\n`)
      all[place] = found
    })
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
          ],
          rows: all.map((found) => [
            found.name,
            perThousand(found.duplicates),
            perThousand(found.notEnded.length),
            perThousand(found.failedOnDuplicate),
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
      plots: [
        {
          title: 'Tasks paid twice',
          unit: 'for each 1,000 jobs',
          bars: all.map(({ name, duplicates }) => ({ label: name, value: (duplicates * 1_000) / jobs })),
        },
        {
          title: 'Jobs without their result',
          unit: 'for each 1,000 jobs',
          bars: all.map(({ name, notEnded }) => ({ label: name, value: (notEnded.length * 1_000) / jobs })),
        },
      ],
      raw: all,
    }
  },
}

async function measure(make: (given: Given) => Promise<Contender>, plan: Plan): Promise<Found> {
  const directory = await mkdtemp(join(tmpdir(), 'vodflow-faults-'))
  const vod = await startVod({ taskTime: 1_500, waitingTime: 300, seed, switches: plan.switches })
  const temporal = await devServer(join(directory, 'temporal.db'))
  const { account, emulator } = vod
  const given = { address: temporal.address, account, directory, pollMs, attempts, atOnce }
  const contender = await make(given)
  const child = (name: string, { args, env, ready }: Start) =>
    new Child({ name, log: join(directory, `${name}.log`), args, env, ready })
  const children = {
    'worker 1': child('worker 1', contender.worker(1)),
    'worker 2': child('worker 2', contender.worker(2)),
    ...(contender.callbacks ? { callbacks: child('callbacks', contender.callbacks) } : {}),
  }
  const killed = plan.strikes.filter(({ kind }) => kind === 'kill' || kind === 'throttle')
  const striker = new Striker(killed, {
    children,
    temporal,
    throttle: (times) =>
      emulator.faults.add({ kind: 'error', action: '*', code: 'RequestLimitExceeded', times }),
  })
  try {
    // One after the other: two that make the tables of one database at the same moment get into each other's way.
    for (const each of Object.values(children)) await each.start()
    await contender.begin?.()
    if (contender.callbacks) await vod.callbacksTo(contender.callbacks.url)
    // A sub-task that fails is no loss: it is left out, so that every job has a result.
    emulator.faults.add(...plan.faults.filter(({ kind }) => kind !== 'failSubTask'))
    const file = join(directory, 'media.mp4')
    await writeFile(file, '')
    const media: string[] = []
    for (const job of plan.jobs)
      media.push((await emulator.upload(file, { name: `job ${job.number}` })).FileId)
    const ends: JobEnd[] = []
    const began = performance.now()
    await doAll(media, atOnce, async (FileId, number) => {
      ends[number] = await contender.doJob(FileId, `job-${number}`, AbortSignal.timeout(patienceMs))
      striker.reached(ends.filter(Boolean).length / media.length)
    })
    const seconds = (performance.now() - began) / 1_000
    await striker.settled()
    const { tasks } = emulator.books()
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
      kills: striker.done.filter(({ kind, target }) => kind === 'kill' && target !== 'callbacks').length,
      seconds,
    }
  } finally {
    await contender.close()
    await Promise.all(Object.values(children).map((each) => each.stop()))
    await emulator.close()
    await temporal.close()
    await rm(directory, { recursive: true, force: true })
  }
}
