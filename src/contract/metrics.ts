/*
 * Every metric with its name, labels and help. docs/operations.md explains them, and deploy/ uses them. A name is a contract. A label never
 * contains an id, because a media library has millions.
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
  /** Upper bounds, in seconds. */
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
    help: 'Requests sent to VOD, by result: accepted, duplicate (VOD already had it), doubtful, or the class of the error',
  },
  duplicatesRecovered: {
    kind: 'counter',
    name: 'vodflow_duplicates_recovered_total',
    labels: ['action'],
    help: 'Steps whose tasks an earlier send had created: work that was not billed twice',
  },
  calls: {
    kind: 'counter',
    name: 'vodflow_api_calls_total',
    labels: ['action', 'code'],
    help: 'Calls to VOD, by error code; ok for a success',
  },
  callSeconds: {
    kind: 'histogram',
    name: 'vodflow_api_call_seconds',
    labels: ['action'],
    help: 'Time from the request to the answer of a call to VOD',
    buckets: ofACall,
  },
  turnSeconds: {
    kind: 'histogram',
    name: 'vodflow_turn_wait_seconds',
    labels: ['account', 'rate'],
    help: 'Time that a call waited in the queue of its rate limit, or for a worker',
    buckets: ofAWait,
  },
  sweeps: {
    kind: 'counter',
    name: 'vodflow_sweeps_total',
    labels: ['account'],
    help: 'Completed readings of the tasks that VOD lists as finished',
  },
  counts: {
    kind: 'counter',
    name: 'vodflow_counts_total',
    labels: ['namespace', 'of'],
    help: 'Successful counts in Temporal, by subject: a reason of stuck runs, or submits',
  },
  steps: {
    kind: 'counter',
    name: 'vodflow_steps_total',
    labels: ['action', 'status'],
    help: 'Ended attempts of steps, by status of the outcome; refused and canceled have no outcome',
  },
  stepSeconds: {
    kind: 'histogram',
    name: 'vodflow_step_seconds',
    labels: ['action'],
    help: 'Time from the start of an attempt of a step to its outcome',
    buckets: [1, 5, 15, minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour, 24 * hour, 72 * hour],
  },
  waits: {
    kind: 'counter',
    name: 'vodflow_waits_total',
    labels: ['ended_by'],
    help: 'Ended waits, by what ended them: push, pull, sweep, look, search, dispute or poll',
  },
  resumeSeconds: {
    kind: 'histogram',
    name: 'vodflow_callback_to_resume_seconds',
    labels: ['net'],
    help: 'Time from the last event to the outcome of the step that it woke',
    buckets: ofAWait,
  },
  unreadSignals: {
    kind: 'counter',
    name: 'vodflow_unread_signals_total',
    labels: ['reason'],
    help: 'Signals that runs ignored, by reason: encrypted (the worker does not have the payload key), unreadable (another data converter) or malformed',
  },
  batchItems: {
    kind: 'counter',
    name: 'vodflow_batch_items_total',
    labels: ['status'],
    help: 'Items of batches, by result; skipped, missing and repeated items were not started',
  },
  callbacks: {
    kind: 'counter',
    name: 'vodflow_callbacks_total',
    labels: ['verdict'],
    help: 'Pushed events, by result',
  },
  callbackSeconds: {
    kind: 'histogram',
    name: 'vodflow_callback_seconds',
    labels: [],
    help: 'Time from a pushed event to its answer; VOD waits for 5 seconds',
    buckets: ofACall,
  },
  pulled: {
    kind: 'counter',
    name: 'vodflow_pulled_events_total',
    labels: ['result'],
    help: 'Pulled events, by result; confirmed events are counted a second time as confirmed',
  },
  signals: {
    kind: 'counter',
    name: 'vodflow_signals_total',
    labels: ['result'],
    help: 'Hints to runs, by result: delivered; crowded if a signal stands for several; noRun if the run has ended; otherNamespace if its namespace is not served here',
  },
} as const satisfies Record<string, Counter | Histogram>

/** The values that each worker with `--metrics` reads from Temporal about every minute. All workers report the same. */
export const gauges = {
  temporalUp: {
    name: 'vodflow_temporal_up',
    labels: ['namespace'],
    help: '1 if Temporal answers and accepts the worker, else 0',
  },
  stuck: {
    name: 'vodflow_stuck_runs',
    labels: ['namespace', 'reason', 'ours'],
    help: 'Open runs of the namespace that cannot continue without a fix, by reason and by whether they are on task queues of vodflow',
  },
  overdue: {
    name: 'vodflow_overdue_runs',
    labels: ['namespace'],
    help: 'Runs in the whole namespace that wait for tasks which VOD no longer shows',
  },
  submitsStopped: {
    name: 'vodflow_submits_stopped',
    labels: ['namespace', 'account'],
    help: '1 while an operator has stopped submits of an account, else 0',
  },
  submitsWaiting: {
    name: 'vodflow_submits_waiting',
    labels: ['namespace', 'account'],
    help: 'Approximate number of submits of an account that wait for their turn or for a resume',
  },
} as const

type Metrics = typeof metrics
type NamesOf<K extends 'counter' | 'histogram'> = {
  [M in keyof Metrics]: Metrics[M]['kind'] extends K ? M : never
}[keyof Metrics]
export type Labels<M extends keyof Metrics> = Readonly<Record<Metrics[M]['labels'][number], string>>

type Tags = Record<string, string>

/** The used methods of Temporal's meter of a workflow, an activity or a process. */
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

/** Writes the metrics of the table with one of Temporal's meters. The meter of a workflow is silent during a replay. */
export function meterWith(temporal: TemporalMeter): Meter {
  return {
    count(metric, labels, by = 1) {
      const { name, help } = metrics[metric]
      temporal.createCounter(name, undefined, help).add(by, labels)
    },
    observe(metric, labels, seconds) {
      const { name, help } = metrics[metric]
      // The clocks of two machines differ, so a negative time counts as zero.
      temporal.createHistogram(name, 'float', 's', help).record(Math.max(0, seconds), labels)
    },
  }
}

/** The buckets for `histogramBucketOverrides`. Temporal's default buckets are in milliseconds. */
export const histogramBuckets: Readonly<Record<string, number[]>> = Object.fromEntries(
  Object.values(metrics).flatMap((metric) =>
    'buckets' in metric ? [[metric.name, [...metric.buckets]]] : [],
  ),
)

/** The label for every unknown value from outside. */
export const otherLabel = 'other'

/** Returns a code as a label. VOD has a few hundred codes, which are words with dots; all other texts share one label. */
export function codeLabel(code: string): string {
  if (code === '') return 'ok'
  return /^[A-Za-z]+(\.[A-Za-z0-9_]+)*$/.test(code) && code.length <= 80 ? code : otherLabel
}
