import type { EmulatorFault } from '../../src/emulator/faults.js'
import { randomFrom } from '../../src/emulator/faults.js'
import type { EmulatorSwitches } from '../../src/emulator/switches.js'
import { type StepPlan, stepPlans } from './stepPlan.js'
import { type Cut, cuts } from './wire.js'

/** One of the nets under a callback, alone. */
export type Net = 'push' | 'pull' | 'sweep' | 'look'

/** What goes wrong in a run of chaos: the same for the same seed, number of jobs and net. */
export interface Plan {
  readonly seed: number
  readonly jobs: readonly Job[]
  readonly steps: readonly StepPlan[]
  /** The facts about VOD that nobody has verified, drawn for this run. */
  readonly switches: Partial<EmulatorSwitches>
  /** Laid in the local VOD from the start. */
  readonly faults: readonly EmulatorFault[]
  /** In order of `at`: the share of jobs that have ended. */
  readonly strikes: readonly Strike[]
  /** The worker: `off`, or times of the sweep. */
  readonly sweep:
    | false
    | {
        readonly interval: number
        readonly gracePeriod: number
        readonly windowOverlap: number
        readonly fullScanInterval: number
      }
  readonly mode: 'PUSH' | 'PULL'
  /**
   * The clock of each process is ahead of VOD's by so much, ms. VOD takes no request whose time is more than five minutes off. A step
   * that waits for a task by such a clock waits longer by as much, so that few jobs have clocks that differ by seconds.
   */
  readonly clocks: Readonly<Record<(typeof clocked)[number], number>>
}

const clocked = ['worker 1', 'worker 2', 'worker 3', 'callbacks'] as const

/** Who calls whom. */
export const wires = [
  'worker 1 to Temporal',
  'worker 2 to Temporal',
  'callbacks to Temporal',
  'app to Temporal',
  'worker 1 to VOD',
  'worker 2 to VOD',
  'callbacks to VOD',
  'VOD to callbacks',
] as const
export type WireName = (typeof wires)[number]

export type Strike = { readonly at: number } & (
  | { readonly kind: 'kill'; readonly target: 'worker 1' | 'worker 2' | 'callbacks' | 'temporal' | 'VOD' }
  /** A process stands still, and goes on. */
  | { readonly kind: 'suspend'; readonly target: 'worker 1' | 'worker 2' | 'callbacks'; readonly ms: number }
  /** Two processes lose each other, each with its connections to others. */
  | { readonly kind: 'cut'; readonly wire: WireName; readonly how: Cut; readonly ms: number }
  /** A worker of another build starts, and its build becomes the current one. */
  | { readonly kind: 'rollout' }
  /** Temporal is away for a while, and in the middle of it the callback service dies with what it holds. */
  | { readonly kind: 'outage' }
  | { readonly kind: 'throttle'; readonly calls: number }
)

export const forgeries = [
  'no token',
  'bad MAC',
  'altered body',
  'foreign TaskId',
  'attempt 1 during attempt 2',
  'an earlier run',
] as const
export type Forgery = (typeof forgeries)[number]

export interface Job {
  readonly number: number
  readonly ProcedureName: 'one' | 'two' | 'three'
  readonly TasksNotifyMode: 'Finish' | 'Change'
  /** The verdict of moderation hangs on it. */
  readonly name: string
  readonly onPartial: 'accept' | 'repair'
  /** Run again once it has ended. */
  readonly rerun: boolean
  /** What is posted to the callback service while it waits. */
  readonly forgery: Forgery | undefined
  readonly looks: readonly number[]
}

export interface PlanOptions {
  readonly seed: number
  readonly jobs: number
  readonly steps: number
  readonly only: Net | undefined
  /** Whether the Temporal server may be killed. */
  readonly killTemporal: boolean
}

/** In 1,000 jobs; fewer have their share, at least one of each. So it is with the calls that a burst of throttling takes. */
const kills = { worker: 24, callbacks: 6, temporal: 6, vod: 6 }
const suspensions = 24
const partitions = 48
const throttles = 8
/** Of the pull loop alone: an event that is confirmed before Temporal has its signal would be lost here. */
const outages = 40

const second = 1_000
const minute = 60 * second
const hour = 3_600 * second

export function planOf({ seed, jobs, steps, only, killTemporal }: PlanOptions): Plan {
  const random = randomFrom(seed)
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T
  const share = (of: number) => Math.max(1, Math.round((of * jobs) / 1_000))
  const moments = (count: number) => Array.from({ length: count }, () => 0.01 + 0.9 * random())
  const switches: Plan['switches'] = {
    dedupBeforeValidation: pick(true, false),
    failedValidationUsesSessionId: pick(true, false),
    acceptTime: pick(0, 0, 50),
    twinInFlight: pick('InvalidParameterValue.SessionId', 'InternalError'),
    listingLag: pick(0, 500, 2_000),
    reviewListingLag: pick(0, 1_000, 3_000),
    reviewWithoutSessionId: pick(true, false),
    reviewWithoutFinishTime: pick(true, false),
    oldTaskCode: pick('InvalidParameterValue.TaskId', 'ResourceNotFound'),
    detailLag: pick(0, 0, 500),
  }
  const strikes: Strike[] = [
    ...moments(share(kills.worker)).map(
      (at) => ({ at, kind: 'kill', target: pick('worker 1', 'worker 2') }) as const,
    ),
    // VOD does not send again when nobody listens: alone, push cannot bear it.
    ...(only === 'push' ? [] : moments(share(kills.callbacks))).map(
      (at) => ({ at, kind: 'kill', target: 'callbacks' }) as const,
    ),
    ...(killTemporal && only !== 'push' ? moments(share(kills.temporal)) : []).map(
      (at) => ({ at, kind: 'kill', target: 'temporal' }) as const,
    ),
    ...(killTemporal && only === 'pull' ? moments(share(outages)) : []).map(
      (at) => ({ at, kind: 'outage' }) as const,
    ),
    ...(only === undefined ? moments(share(kills.vod)) : []).map(
      (at) => ({ at, kind: 'kill', target: 'VOD' }) as const,
    ),
    ...moments(share(suspensions)).map((at) => {
      const target =
        only === 'push' ? pick('worker 1', 'worker 2') : pick('worker 1', 'worker 2', 'callbacks')
      return { at, kind: 'suspend', target, ms: pick(2_000, 6_000, 12_000) } as const
    }),
    ...moments(share(partitions)).map((at) => {
      const wire = pick(...wires.filter((name) => only !== 'push' || !name.includes('callbacks')))
      return { at, kind: 'cut', wire, how: pick(...cuts), ms: pick(1_000, 5_000, 15_000) } as const
    }),
    ...(only === undefined ? [{ at: 0.2 + 0.4 * random(), kind: 'rollout' } as const] : []),
    ...moments(share(throttles)).map(
      (at) => ({ at, kind: 'throttle', calls: share(50 + Math.floor(random() * 150)) }) as const,
    ),
  ]
  return {
    seed,
    switches,
    faults: [...callFaults(jobs), ...eventFaults(only)],
    strikes: strikes.sort((one, other) => one.at - other.at),
    sweep:
      only === undefined || only === 'sweep'
        ? {
            interval: 5 * second,
            gracePeriod: 2 * second,
            windowOverlap: 2 * second,
            fullScanInterval: 60 * second,
          }
        : false,
    mode: only === 'pull' ? 'PULL' : 'PUSH',
    clocks: Object.fromEntries(
      clocked.map((name) => [name, pick(-1, -0.25, 0, 0.25, 1) * (jobs < fewJobs ? 8 * second : 4 * minute)]),
    ) as Plan['clocks'],
    steps: stepPlans(steps, seed),
    jobs: Array.from({ length: jobs }, (_, number) => {
      const forgery = random() < 0.1 ? pick(...forgeries) : undefined
      return {
        number,
        ProcedureName:
          forgery === 'attempt 1 during attempt 2' ? 'three' : pick('one', 'two', 'two', 'three'),
        TasksNotifyMode: pick('Finish', 'Finish', 'Change'),
        name: pick('plain', 'plain', 'block', 'review', 'review-fails'),
        onPartial: forgery === 'attempt 1 during attempt 2' ? 'repair' : pick('accept', 'repair'),
        rerun: forgery === 'an earlier run' || random() < 0.03,
        forgery,
        looks:
          only === undefined || only === 'look'
            ? [45, 90, 120, 180, 240, 300, 600, 900].map((s) => s * second)
            : [24 * hour],
      }
    }),
  }
}

const submits = [
  'ProcessMediaByProcedure',
  'ProcessMedia',
  'PullUpload',
  'EditMedia',
  'SplitMedia',
  'ComposeMedia',
  'ReviewAudioVideo',
] as const

const reads = [
  'DescribeTaskDetail',
  'DescribeTasks',
  'DescribeProcedureTemplates',
  'DescribeMediaInfos',
  'SearchMedia',
  'ModifyMediaInfo',
  'DeleteMedia',
] as const

/** A call without an answer takes a quarter of a minute: fewer jobs than this would wait for nothing else. */
const fewJobs = 100

/** Every call: its answer lost after it was done, or an ambiguous error, before or after. */
const callFaults = (jobs: number): readonly EmulatorFault[] => [
  ...submits.flatMap((action): EmulatorFault[] => [
    { kind: 'loseReply', action, probability: 0.1 },
    { kind: 'error', action, code: 'InternalError', probability: 0.05 },
    { kind: 'errorAfter', action, code: 'InternalError', probability: 0.05 },
    { kind: 'error', action, code: 'FailedOperation', probability: 0.05 },
    { kind: 'errorAfter', action, code: 'FailedOperation', probability: 0.05 },
    { kind: 'badGateway', action, probability: 0.05 },
    { kind: 'hang', action, probability: 0.05, ...(jobs < fewJobs ? { times: 1 } : {}) },
  ]),
  ...reads.flatMap((action): EmulatorFault[] => [
    { kind: 'loseReply', action, probability: 0.05 },
    { kind: 'error', action, code: 'InternalError', probability: 0.05 },
    { kind: 'hang', action, probability: 0.01 },
  ]),
  { kind: 'failSubTask', Type: 'Transcode', code: 'InternalError', probability: 0.08 },
  { kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError.ContentUnsupported', probability: 0.02 },
]

/** Events: a third lost, some doubled, late or out of order. A net alone gets what it can bear. */
function eventFaults(only: Net | undefined): EmulatorFault[] {
  const bent: EmulatorFault[] = [
    { kind: 'doubleCallback', probability: 0.2 },
    { kind: 'delayCallback', delay: 3_000, probability: 0.1 },
    { kind: 'reorderCallback', probability: 0.1 },
  ]
  if (only === 'push') return bent.filter(({ kind }) => kind !== 'reorderCallback')
  if (only === 'sweep' || only === 'look') return [{ kind: 'dropCallback' }]
  return [{ kind: 'dropCallback', probability: 0.3 }, ...bent]
}
