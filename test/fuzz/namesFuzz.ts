import { setTimeout as sleep } from 'node:timers/promises'
import { submitTypes } from '../../src/contract/runNames.js'
import { type System, startSystem } from '../support/system.js'
import { heavyText, jsonText, names } from './json.js'
import { Random } from './random.js'
import { type Row, Tally } from './tally.js'
import { showBytes, type Violation } from './violation.js'

export interface NamesFuzzReport {
  /** How runs stood after their first workflow task. */
  readonly rows: readonly Row[]
  readonly violations: readonly Violation[]
}

const delays = { polls: [1], lag: [1], looks: [1], listings: [1], listingsGiveUp: 1, refusals: [1] }
const requests: readonly (readonly [string, object])[] = [
  ['processMediaByProcedure', { FileId: '1', ProcedureName: 'one', SessionContext: 'mine' }],
  ['processMedia', { FileId: '1', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100_010 }] } }],
  ['pullUpload', { MediaUrl: 'https://media.invalid/a.mp4', Procedure: 'one' }],
  ['editMedia', { InputType: 'File', FileInfos: [{ FileId: '1' }] }],
  ['splitMedia', { FileId: '1', Segments: [{ StartTimeOffset: 0, EndTimeOffset: 1 }] }],
  ['reviewAudioVideo', { FileId: '1' }],
]
const step = { account: 'default', key: 'a', onPartial: 'accept', callbacks: true, delays }
const work = { ProcedureName: 'one', onPartial: 'accept' }
const ownWork = { workflowType: 'theirs', taskQueue: 'nobody' }
const match = { namePrefix: '', ClassIds: [1], Categories: ['Video'] }
const state = {
  template: { TaskTypes: ['Procedure'], outputs: [], UpdateTime: '' },
  cursor: { read: 0, byte: 0, file: '' },
  waiting: ['1'],
  running: { 1: [0, 0] },
  counts: { read: 0, ended: {} },
}

/** What a workflow takes, all of it; the state of a batch is taken from nobody. */
const inputs: readonly (readonly [string, object])[] = [
  ...[...submitTypes.keys()].map((type) => [type, { ...step, request: { FileId: '1' } }] as const),
  ...requests.map(([type, request]) => [type, { ...step, request }] as const),
  ['adoptTask', { TaskId: 't', SubAppId: 1_500_000_002, account: 'default', delays }],
  [
    'processUpload',
    { FileId: '1', account: 'default', name: 'n', tasks: ['t'], match, maxAge: 60_000, work },
  ],
  ['processUpload', { FileId: '1', account: 'default', work: ownWork }],
  ['processBatch', { source: { FileIds: ['1'] }, ProcedureName: 'one', window: 1, dryRun: true }],
  ['processBatch', { source: { file: 'list.txt' }, ProcedureName: 'one', maxTasks: 1, dryRun: true, state }],
  ['processBatch', { source: { search: { Text: 'a' } }, ProcedureName: 'one', dryRun: true }],
  ['sweep', { account: 'default', times: { interval: 60_000, gracePeriod: 1 }, watermark: 0, wholeAt: 0 }],
]

const signals = ['vodflow.hint', 'vodflow.detach', 'vodflow.batch.ended']

/** Runs that are watched at once. */
const atOnce = 16

/**
 * Starts every workflow by its name with inputs that nobody foresaw, and sends each run signals of the same kind. The first workflow task
 * of each is done and none fails; the worker goes on.
 */
export async function fuzzNames({ seed, count }: { seed: number; count: number }): Promise<NamesFuzzReport> {
  const system = await startSystem()
  try {
    const tally = new Tally([...new Set(inputs.map(([type]) => type))])
    const violations: Violation[] = []
    let next = 0
    const watch = async () => {
      while (next < count && violations.length < 5) {
        const index = next++
        const [type, text] = inputOf(new Random(seed, index))
        const { verdict, rule } = await stateOf(system, { type, text, random: new Random(~seed, index) })
        tally.answered(type, verdict)
        if (rule) violations.push({ rule, index, kind: type, input: showBytes(Buffer.from(text)) })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, watch))
    const good = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
    const { status } = await good.result({ signal: AbortSignal.timeout(30_000) })
    if (status !== 'succeeded') violations.push({ rule: `a good job ended ${status}` })
    return { rows: tally.rows, violations }
  } finally {
    await system.close()
  }
}

/** A good input in which one value is another, or a new one stands. As text: a value cannot have `__proto__`. */
export function inputOf(random: Random): readonly [type: string, text: string] {
  const [type, good] = random.pick(inputs)
  if (random.oneIn(12)) return [type, anyText(random)]
  if (random.oneIn(8)) return [type, JSON.stringify(good)]
  const marked = structuredClone(good) as Record<string, unknown>
  let place = marked
  for (;;) {
    const name = random.oneIn(8) ? random.pick(names) || 'x' : random.pick(Object.keys(place).concat('x'))
    // The length of a list can only be a number.
    if (Array.isArray(place) && name === 'length') continue
    const within = Object.hasOwn(place, name) ? place[name] : undefined
    if (typeof within === 'object' && within !== null && !random.oneIn(3)) place = within as typeof place
    else {
      Object.defineProperty(place, name, { value: marker, enumerable: true, configurable: true })
      return [type, JSON.stringify(marked).replace(`"${marker}"`, () => anyText(random))]
    }
  }
}

const marker = 'replaced below'

function anyText(random: Random): string {
  return random.oneIn(6) ? heavyText(random) : jsonText(random)
}

interface Started {
  readonly type: string
  readonly text: string
  readonly random: Random
}

interface Verdict {
  readonly verdict: string
  /** What is broken. */
  readonly rule?: string
}

/** What Temporal says of the run once its first workflow task has been done. */
async function stateOf({ vodflow }: System, { type, text, random }: Started): Promise<Verdict> {
  const { workflowService, workflow, options } = vodflow.client
  const workflowId = `fuzz-${random.bits()}-${random.bits()}`
  const { namespace } = options
  const execution = { namespace, workflowExecution: { workflowId } }
  await workflowService.startWorkflowExecution({
    namespace,
    workflowId,
    requestId: workflowId,
    workflowType: { name: type },
    taskQueue: { name: 'vodflow' },
    input: { payloads: [payloadOf(text)] },
  })
  for (let sent = random.below(3); sent > 0; sent--) {
    const input = { payloads: [random.oneIn(4) ? {} : payloadOf(anyText(random))] }
    const signalName = random.pick(signals)
    await workflowService.signalWorkflowExecution({ ...execution, signalName, input }).catch(() => {})
  }
  const handle = workflow.getHandle(workflowId)
  let taken = 0
  for (let look = 0; look < looks; look++) {
    const { events } = await handle.fetchHistory()
    const failed = events?.find(
      ({ workflowTaskFailedEventAttributes: failure }) => failure && failure.cause !== overtaken,
    )
    if (failed) {
      await handle.terminate()
      const { message } = failed.workflowTaskFailedEventAttributes?.failure ?? {}
      return { verdict: 'failed', rule: `a workflow task failed: ${message}` }
    }
    if (events?.some((event) => event.workflowTaskCompletedEventAttributes)) {
      const { failure } = events.at(-1)?.workflowExecutionFailedEventAttributes ?? {}
      if (failure) return { verdict: failure.applicationFailureInfo?.type ?? 'no type' }
      const over = events.some(({ workflowExecutionCompletedEventAttributes: end }) => end)
      if (over || taken++ >= looksWhenTaken) {
        await handle.terminate().catch(() => {})
        return { verdict: 'taken' }
      }
    }
    await sleep(20)
  }
  await handle.terminate()
  return { verdict: 'no answer', rule: 'no worker has done the first workflow task' }
}

const looks = 1_500
/** What its activities answer may fail a later workflow task. */
const looksWhenTaken = 10

/** WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: a signal came while the run ended. It is tried again, once. */
const overtaken = 1

function payloadOf(text: string) {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) }
}
