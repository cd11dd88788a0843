import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { codeLabel, type Meter, meterWith, otherLabel } from '../contract/metrics.js'
import type { RateClass } from '../contract/rates.js'
import type { ApiCall } from '../vod/client.js'
import { Runtime } from './sdk.js'

/** Returns the meter of this process. Without an exporter, it does nothing. */
function processMeter(): Meter {
  return meterWith(Runtime.instance().metricMeter)
}

export function countCall({ action, code, tookMs }: ApiCall): void {
  const meter = processMeter()
  meter.count('calls', { action, code: codeLabel(code) })
  meter.observe('callSeconds', { action }, tookMs / 1_000)
}

/** Observes a queue of VOD's calls: it measures how long each call waits for its turn, and adds the media ids to log lines. */
export function observeCalls(queue: CallQueue): ActivityInterceptorsFactory {
  return observe(() => queue)
}

interface CallQueue {
  readonly account: string
  readonly rate: RateClass
}

function observe(
  queueOf: (given: Readonly<Record<string, unknown>>) => CallQueue,
): ActivityInterceptorsFactory {
  return ({ info }) => {
    let about: Readonly<Record<string, unknown>> = {}
    return {
      inbound: {
        execute(input, next) {
          const { currentAttemptScheduledTimestampMs: due } = info
          const { account, rate } = queueOf(Object(input.args[0]))
          processMeter().observe('turnSeconds', { account, rate }, (Date.now() - due) / 1_000)
          about = aboutOf(input.args[0])
          return next(input)
        },
      },
      outbound: { getLogAttributes: (input, next) => next({ ...input, ...about }) },
    }
  }
}

/**
 * Observes the reads that a worker with workflows makes after events, which do not go through a queue of calls. Anyone who can write to the
 * namespace can schedule one with any account, so only those that the worker knows are labels.
 */
export function observeReads(accounts: readonly string[]): ActivityInterceptorsFactory {
  const observeRead = observe(({ account }) => ({
    account: accounts.find((known) => known === account) ?? otherLabel,
    rate: 'read',
  }))
  return (context) => (context.info.activityType === 'DescribeTaskDetail' ? observeRead(context) : {})
}

/** Returns the ids in the input of an activity, at any of their places. */
function aboutOf(given: unknown): Readonly<Record<string, unknown>> {
  const { TaskId, FileId, input } = Object(given) as Record<string, unknown>
  const request = Object(Object(input).request) as Record<string, unknown>
  const found = Object.entries({ TaskId, FileId: FileId ?? request.FileId })
  return Object.fromEntries(found.filter(([, id]) => typeof id === 'string' && id !== ''))
}
