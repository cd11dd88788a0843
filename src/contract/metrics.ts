/*
 * Every metric, its name, its labels and what it says: docs/operations.md explains them, deploy/ uses them. A name is a contract, and a
 * label never holds an id: a media library has millions.
 */

interface Counter {
  readonly kind: 'counter'
  readonly name: `vodflow_${string}_total`
  readonly labels: readonly string[]
  readonly help: string
}

interface Histogram {
  readonly kind: 'histogram'
  readonly name: `vodflow_${string}_seconds`
  readonly labels: readonly string[]
  readonly help: string
  /** Upper bounds, seconds. */
  readonly buckets: readonly number[]
}

const minute = 60
const hour = 60 * minute
const ofACall = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
const ofAWait = [0.1, 0.5, 1, 5, 15, minute, 5 * minute, 15 * minute, hour, 6 * hour]

export const metrics = {
  submits: {
    kind: 'counter',
    name: 'vodflow_submits_total',
    labels: ['action', 'result'],
    help: 'Sends of a request, by what came of it: accepted, duplicate (VOD had it already), doubtful, or the class of the error',
  },
  duplicatesRecovered: {
    kind: 'counter',
    name: 'vodflow_duplicates_recovered_total',
    labels: ['action'],
    help: 'Steps whose tasks were made by an earlier send and found again: work that was not paid for twice',
  },
  calls: {
    kind: 'counter',
    name: 'vodflow_api_calls_total',
    labels: ['action', 'code'],
    help: 'Calls to VOD, by error code; ok for none',
  },
  callSeconds: {
    kind: 'histogram',
    name: 'vodflow_api_call_seconds',
    labels: ['action'],
    help: 'From the request to the answer of a call to VOD',
    buckets: ofACall,
  },
  turnSeconds: {
    kind: 'histogram',
    name: 'vodflow_turn_wait_seconds',
    labels: ['account', 'rate'],
    help: 'What a call waited for its turn in the queue of its rate limit, or for a worker',
    buckets: ofAWait,
  },
  sweeps: {
    kind: 'counter',
    name: 'vodflow_sweeps_total',
    labels: ['account'],
    help: 'Readings of what VOD lists as finished that came to their end',
  },
  counts: {
    kind: 'counter',
    name: 'vodflow_counts_total',
    labels: ['namespace', 'of'],
    help: 'Countings in Temporal that succeeded, by what was counted: a reason of stuck runs, or submits',
  },
  steps: {
    kind: 'counter',
    name: 'vodflow_steps_total',
    labels: ['action', 'status'],
    help: 'Attempts of steps that ended, by status of the outcome; refused and cancelled have none',
  },
  stepSeconds: {
    kind: 'histogram',
    name: 'vodflow_step_seconds',
    labels: ['action'],
    help: 'From the begin of an attempt of a step to its outcome',
    buckets: [1, 5, 15, minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour, 24 * hour, 72 * hour],
  },
  waits: {
    kind: 'counter',
    name: 'vodflow_waits_total',
    labels: ['ended_by'],
    help: 'Waits by what ended them: push, pull, sweep, look, search or poll',
  },
  resumeSeconds: {
    kind: 'histogram',
    name: 'vodflow_callback_to_resume_seconds',
    labels: ['net'],
    help: 'From the last event to the outcome of the step that it woke',
    buckets: ofAWait,
  },
  batchItems: {
    kind: 'counter',
    name: 'vodflow_batch_items_total',
    labels: ['status'],
    help: 'Items of batches, by how they ended; skipped, missing and repeated were not begun',
  },
  callbacks: {
    kind: 'counter',
    name: 'vodflow_callbacks_total',
    labels: ['verdict'],
    help: 'Pushed events, by what became of them',
  },
  callbackSeconds: {
    kind: 'histogram',
    name: 'vodflow_callback_seconds',
    labels: [],
    help: 'From a pushed event to its answer; VOD waits for 5 seconds',
    buckets: ofACall,
  },
  pulled: {
    kind: 'counter',
    name: 'vodflow_pulled_events_total',
    labels: ['result'],
    help: 'Pulled events, by what became of them; confirmed ones are counted again as such',
  },
  signals: {
    kind: 'counter',
    name: 'vodflow_signals_total',
    labels: ['result'],
    help: 'Hints to runs: delivered; crowded where a signal stands for several; noRun for a run that has ended, otherNamespace for those of them that are not served here',
  },
} as const satisfies Record<string, Counter | Histogram>

/** What Temporal is asked for about every minute; every worker that has `--metrics` tells the same. */
export const gauges = {
  temporalUp: {
    name: 'vodflow_temporal_up',
    labels: ['namespace'],
    help: '1 when Temporal answers and lets the worker in, else 0',
  },
  stuck: {
    name: 'vodflow_stuck_runs',
    labels: ['namespace', 'reason', 'ours'],
    help: 'Open runs of the namespace that cannot continue as things are, by reason, and whether they are on task queues of vodflow',
  },
  overdue: {
    name: 'vodflow_overdue_runs',
    labels: ['namespace'],
    help: 'Runs that wait for tasks which VOD no longer shows, in the whole namespace',
  },
  submitsStopped: {
    name: 'vodflow_submits_stopped',
    labels: ['namespace', 'account'],
    help: '1 while an operator has stopped submits of an account, else 0',
  },
  submitsWaiting: {
    name: 'vodflow_submits_waiting',
    labels: ['namespace', 'account'],
    help: 'Submits of an account that wait for their turn, or to be resumed, about',
  },
} as const

type Metrics = typeof metrics
type NamesOf<K extends 'counter' | 'histogram'> = {
  [M in keyof Metrics]: Metrics[M]['kind'] extends K ? M : never
}[keyof Metrics]
export type Labels<M extends keyof Metrics> = Readonly<Record<Metrics[M]['labels'][number], string>>

type Tags = Record<string, string>

/** Temporal's meters, of a workflow, an activity or a whole process; only what is used of them. */
interface TemporalMeter {
  createCounter(name: string, unit?: string, help?: string): { add(value: number, tags: Tags): void }
  createHistogram(
    name: string,
    type: 'float',
    unit?: string,
    help?: string,
  ): { record(value: number, tags: Tags): void }
}

export interface Meter {
  count<M extends NamesOf<'counter'>>(metric: M, labels: Labels<M>, by?: number): void
  observe<M extends NamesOf<'histogram'>>(metric: M, labels: Labels<M>, seconds: number): void
}

/** Writes metrics of the table with one of Temporal's meters. That of a workflow is silent while it replays. */
export function meterWith(temporal: TemporalMeter): Meter {
  return {
    count(metric, labels, by = 1) {
      const { name, help } = metrics[metric]
      temporal.createCounter(name, undefined, help).add(by, labels)
    },
    observe(metric, labels, seconds) {
      const { name, help } = metrics[metric]
      // Clocks of two machines differ: what came before it was sent took no time.
      temporal.createHistogram(name, 'float', 's', help).record(Math.max(0, seconds), labels)
    },
  }
}

/** For `histogramBucketOverrides`: Temporal's own are in milliseconds. */
export const histogramBuckets: Readonly<Record<string, number[]>> = Object.fromEntries(
  Object.values(metrics).flatMap((metric) =>
    'buckets' in metric ? [[metric.name, [...metric.buckets]]] : [],
  ),
)

/** The label for everything from outside that is not known here. */
export const otherLabel = 'other'

/** A code as a label: VOD's are words with dots, and a few hundred; whatever else an answer says is one value. */
export function codeLabel(code: string): string {
  if (code === '') return 'ok'
  return /^[A-Za-z]+(\.[A-Za-z0-9_]+)*$/.test(code) && code.length <= 80 ? code : otherLabel
}
