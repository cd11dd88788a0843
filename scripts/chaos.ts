// npm run chaos -- --jobs N --seed S [--server dev|cluster] [--only push|pull|sweep|look] [--out DIR]
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from '../src/client/index.js'
import type { EmulatorMedia, EmulatorTask } from '../src/emulator/model.js'
import { createVodClient } from '../src/vod/client.js'
import { doBatch, judgeBatch } from '../test/chaos/batch.js'
import { Child } from '../test/chaos/child.js'
import { Forger } from '../test/chaos/forger.js'
import { doJob, type Ended, templates } from '../test/chaos/jobs.js'
import { judgeSteps } from '../test/chaos/judgeSteps.js'
import { optionsOf } from '../test/chaos/options.js'
import { doPipeline, judgePipelines, type Piped, startReceiver } from '../test/chaos/pipelines.js'
import { planOf, type WireName } from '../test/chaos/plan.js'
import { report } from '../test/chaos/report.js'
import { becomeCurrent } from '../test/chaos/rollout.js'
import { changeTemplate, doStep, type Stepped, stepTemplates } from '../test/chaos/steps.js'
import { Striker } from '../test/chaos/striker.js'
import { cluster, devServer } from '../test/chaos/temporal.js'
import { judge } from '../test/chaos/truth.js'
import { Vod } from '../test/chaos/vod.js'
import { Wire } from '../test/chaos/wire.js'
import { caseIn } from '../test/explore/marker.js'
import { freePort } from '../test/support/freePort.js'
import { workflowOf } from '../test/support/sendOf.js'
import { pathOf } from '../test/support/theirs.js'
import { bundleOf } from '../test/support/workflowCode.js'

const options = optionsOf(process.argv.slice(2))
const { seed, jobs, only, server, batch = jobs, pipelines = Math.ceil(jobs / 20) } = options
// One net alone cannot bring every kind of step to its end.
const { steps = only === undefined ? Math.ceil(jobs / 2) : 0 } = options
const plan = planOf({ seed, jobs, steps, only, killTemporal: server === 'dev' })
const folder = await mkdtemp(join(tmpdir(), 'vodflow-chaos-'))
const out = options.out === undefined ? folder : resolve(options.out)
await mkdir(out, { recursive: true })
const there = await readdir(out)
if (there.length > 0 && !there.includes('plan.json'))
  throw new Error(
    `--out ${out}: has files of other programs; pass an empty folder, or one with the records of an earlier run`,
  )
console.log(
  `chaos: seed ${seed}, ${jobs} jobs, ${pipelines} pipelines, ${steps} steps, a batch of ${batch}, ${server}${only ? `, ${only} only` : ''}`,
)
console.log(`VOD: ${JSON.stringify(plan.switches)}, mode ${plan.mode}`)

const root = fileURLToPath(new URL('../', import.meta.url))
const keys = { secretId: 'chaos', secretKey: 'chaos-key' }
const temporal =
  server === 'dev'
    ? await devServer(join(folder, 'temporal.db'))
    : await cluster(process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233', `chaos-${seed}-${Date.now()}`)
const vod = await Vod.start({
  ...keys,
  program: join(root, 'test/chaos/vod.mjs'),
  log: join(out, 'VOD.log'),
  dataDir: join(folder, 'vod'),
  media: 'instant',
  taskTime: 1_500,
  reviewTime: 1_000,
  waitingTime: 300,
  seed,
  switches: plan.switches,
  faults: plan.faults,
})
const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
for (const [Name, body] of Object.entries({ ...templates, ...stepTemplates }))
  await client.call('CreateProcedureTemplate', { Name, ...body })

const receiver = await startReceiver(seed)
const { codePath } = await bundleOf(pathOf('hosts'))

const port = await freePort()
const behind = { Temporal: temporal.address, VOD: new URL(vod.endpoint).host, callbacks: `127.0.0.1:${port}` }
const wireTo = (to: keyof typeof behind) => Wire.to(behind[to])
const wires: Record<WireName, Wire> = {
  'worker 1 to Temporal': await wireTo('Temporal'),
  'worker 2 to Temporal': await wireTo('Temporal'),
  'callbacks to Temporal': await wireTo('Temporal'),
  'app to Temporal': await wireTo('Temporal'),
  'worker 1 to VOD': await wireTo('VOD'),
  'worker 2 to VOD': await wireTo('VOD'),
  'callbacks to VOD': await wireTo('VOD'),
  'VOD to callbacks': await wireTo('callbacks'),
}
const clockOf = (name: keyof typeof plan.clocks) => ({
  CLOCK_AHEAD_MS: String(plan.clocks[name]),
  NODE_OPTIONS: `--import=${join(root, 'test/support/shiftedClock.mjs')}`,
})
const env = (own: { readonly toTemporal: string; readonly toVod: string }) => ({
  CHAOS_PIPELINES: codePath,
  CHAOS_WEBHOOK: JSON.stringify(receiver.endpoint),
  TEMPORAL_ADDRESS: own.toTemporal,
  TEMPORAL_NAMESPACE: temporal.namespace,
  CHAOS_NAMESPACE: temporal.namespace,
  CHAOS_SWEEP: JSON.stringify(plan.sweep),
  TENCENTCLOUD_SECRET_ID: keys.secretId,
  TENCENTCLOUD_SECRET_KEY: keys.secretKey,
  VODFLOW_VOD_ENDPOINT: `http://${own.toVod}`,
  VODFLOW_MAC_KEYS: `chaos:${'0123456789abcdef'.repeat(2)}`,
})
const envOver = (name: 'worker 1' | 'worker 2' | 'callbacks') =>
  env({ toTemporal: wires[`${name} to Temporal`].address, toVod: wires[`${name} to VOD`].address })
const pull = plan.mode === 'PULL' ? ['--pull', 'default'] : []
const worker = (name: 'worker 1' | 'worker 2' | 'worker 3', build: string) =>
  new Child({
    name,
    args: [join(root, 'test/chaos/worker.mjs')],
    env: {
      // The worker of the rollout starts in the middle, and nobody cuts it off.
      ...(name === 'worker 3' ? env({ toTemporal: behind.Temporal, toVod: behind.VOD }) : envOver(name)),
      ...clockOf(name),
      CHAOS_BUILD: build,
    },
    ready: /worker polling/,
    log: join(out, `${name}.log`),
  })
const children = {
  'worker 1': worker('worker 1', '1'),
  'worker 2': worker('worker 2', '1'),
  callbacks: new Child({
    name: 'callbacks',
    args: [join(root, 'dist/cli/main.js'), 'callbacks', '--port', String(port), ...pull],
    env: { ...envOver('callbacks'), ...clockOf('callbacks') },
    ready: /vodflow callbacks/,
    log: join(out, 'callbacks.log'),
  }),
}
await Promise.all(Object.values(children).map((child) => child.start()))
const NotificationUrl = `http://${wires['VOD to callbacks'].address}/`
await client.call('ModifyEventConfig', { Mode: plan.mode, NotificationUrl })

const vodflow = await connect({ address: wires['app to Temporal'].address, namespace: temporal.namespace })
const makeCurrent = (buildId: string) => becomeCurrent(vodflow.client, { deploymentName: 'chaos', buildId })
await makeCurrent('1')
const next = worker('worker 3', '2')
const rollOut = async () => {
  await next.start()
  await makeCurrent('2')
}
const forger = new Forger(vod, `http://${behind.callbacks}/`)
const striker = new Striker(plan.strikes, {
  children,
  temporal,
  wires,
  rollOut,
  vod: vod.child,
  throttle: (times) => vod.fault({ kind: 'error', action: '*', code: 'RequestLimitExceeded', times }),
})
const file = join(folder, 'media.mp4')
await writeFile(file, '')

const pipesAtOnce = 10
const stepsAtOnce = 50
const startedAt = Date.now()
const ended: Ended[] = []
let done = 0
const queue = [...plan.jobs]
const lane = async () => {
  for (let job = queue.shift(); job; job = queue.shift()) {
    ended.push(...(await doJob(job, { vodflow, vod, forger, file, longestMs: options.patience * 60_000 })))
    done++
    striker.reached(done / jobs)
  }
}
const ticker = setInterval(
  () =>
    console.log(
      `${Math.round((Date.now() - startedAt) / 1000)} s: ${done} jobs, ${striker.done.length} strikes`,
    ),
  30_000,
)
const behindMs = -Math.min(0, ...Object.values(plan.clocks))
const hands = { vodflow, vod, file, longestMs: options.patience * 60_000, behindMs }
const batched = doBatch(batch, hands)
const piped: Piped[] = []
const pipes = Array.from({ length: pipelines }, (_, number) => number)
const pipe = async () => {
  for (let number = pipes.shift(); number !== undefined; number = pipes.shift())
    piped.push(await doPipeline(number, hands))
}
const stepped: Stepped[] = []
const disturbed = [...plan.steps]
const step = async () => {
  for (let next = disturbed.shift(); next; next = disturbed.shift()) stepped.push(await doStep(next, hands))
}
const stopChanges = changeTemplate(client, jobs * 300)
await Promise.all([
  ...Array.from({ length: options.concurrency }, lane),
  ...Array.from({ length: stepsAtOnce }, step),
  ...Array.from({ length: pipesAtOnce }, pipe),
  batched,
])
clearInterval(ticker)
await striker.settled()
const changes = stopChanges()
await settled()
const seconds = (Date.now() - startedAt) / 1_000

const { calls, callbacks } = vod
const tasks = await vod.tasks()
const ofSteps = (task: EmulatorTask) => caseIn(task.SessionContext) !== undefined
const ofJobs = tasks.filter((task) => !ofSteps(task) && !/^(pipeline|chaos-batch)\//.test(workflowOf(task)))
const verdict = judge({ ended, jobs, shown: plan.switches }, ofJobs, forger.forged)
const composed = {
  pipelines: judgePipelines(piped, {
    media: await decidedMedia(),
    tasks,
    told: receiver.taken,
    shown: plan.switches,
  }),
  batch: judgeBatch(await batched, tasks),
  steps: judgeSteps(stepped, tasks.filter(ofSteps), plan.switches),
}
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')
await writeFile(join(out, 'plan.json'), JSON.stringify(plan, undefined, 2))
await writeFile(join(out, 'outcomes.jsonl'), lines(ended))
await writeFile(join(out, 'pipelines.jsonl'), lines(piped))
await writeFile(join(out, 'steps.jsonl'), lines(stepped))
await writeFile(join(out, 'batch.json'), JSON.stringify(await batched, undefined, 2))
await writeFile(join(out, 'kills.jsonl'), lines(striker.done))
await writeFile(join(out, 'forged.jsonl'), lines(forger.forged))
await writeFile(join(out, 'tasks.jsonl'), lines(tasks))
await writeFile(join(out, 'calls.jsonl'), lines(calls))
await writeFile(join(out, 'callbacks.jsonl'), lines(callbacks))

const good = report({
  plan,
  options,
  verdict,
  ended,
  strikes: striker.done,
  forged: forger.forged,
  calls,
  seconds,
  composed,
  piped,
  stepped,
  changes,
  batched: await batched,
})
await vodflow.close()
await Promise.all([...Object.values(children), next].map((child) => child.stop()))
receiver.close()
await vod.child.stop()
for (const wire of Object.values(wires)) wire.close()
await temporal.close()
if (options.out === undefined && good) await rm(folder, { recursive: true, force: true })
else console.log(`records: ${out}`)
process.exit(good ? 0 : 1)

/** What was canceled, detached or terminated goes on at VOD. */
async function settled(): Promise<void> {
  const isOpen = ({ Status }: EmulatorTask) => Status !== 'FINISH' && Status !== 'ABORTED'
  for (let tries = 0; tries < 60 && (await vod.tasks()).some(isOpen); tries++) await sleep(500)
}

/** What pipelines have decided about, if it is there still. */
async function decidedMedia(): Promise<ReadonlyMap<string, EmulatorMedia>> {
  const ids = piped.flatMap(({ result }) => result?.FileId ?? [])
  const files = await Promise.all(ids.map((FileId) => vod.media(FileId)))
  return new Map(files.flatMap((file) => (file ? [[file.FileId, file]] : [])))
}
