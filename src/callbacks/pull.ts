import { setTimeout as sleep } from 'node:timers/promises'
import { asyncDispose } from '../base/asyncDispose.js'
import { spreadBackoffMs } from '../contract/backoff.js'
import { type Duration, durationsIn, type InMs } from '../contract/duration.js'
import { VodError } from '../contract/errors.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import { valid } from '../contract/valid.js'
import type { VodClient } from '../vod/client.js'
import { pullLoopOptions } from './checks.js'
import type { DeliverEvent } from './deliver.js'
import type { ForeignEvent } from './foreignEvent.js'
import { type EventLogger, totalLogger } from './logger.js'
import type { PullContext } from './pullContext.js'
import { Recently } from './pulled.js'
import { PulledEvents, type TakenEvent } from './pulledEvents.js'
import { PullQueue } from './pullQueue.js'

/** Options of {@link startPullLoop}. */
export interface PullLoopOptions {
  /** Use a client with `callsPerSecond: outsideQueues`, because the queues of a worker do not limit this loop. */
  readonly vod: Pick<VodClient, 'call'>
  /** Default: the account's default application. */
  readonly SubAppId?: number | undefined
  /** The same keys as the worker's. */
  readonly keys: MacKeys
  /** Usually `createDelivery`. */
  readonly deliver: DeliverEvent
  /**
   * Treatment of events that do not belong to vodflow. `leave` keeps them in the queue for other consumers; VOD shows them again every
   * 30 s and keeps them for 4 days. `confirm` removes them. A function handles them: an event for which it resolves within `limits.foreignTimeout`
   * is confirmed, any other is left. Default `leave`.
   */
  readonly foreign?: 'leave' | 'confirm' | ((event: ForeignEvent) => void | Promise<void>) | undefined
  /** Default: none. */
  readonly logger?: EventLogger | undefined
  /** Times that differ from the defaults. */
  readonly limits?: PullLimits | undefined
}

/** Times and sizes of the pull loop. */
export interface PullLimits {
  /**
   * Time within which Temporal must have the signal of a pulled event. Default 20 s: VOD shows the event again after 30 s
   * (PullEvents), so it must be confirmed before.
   */
  readonly signalTimeout?: Duration | undefined
  /** Time within which a function in `foreign` must resolve. `close` waits for it too. Default 5 s. */
  readonly foreignTimeout?: Duration | undefined
  /**
   * Pause after a batch of which nothing leaves the queue. It grows to five times as long if that repeats. VOD holds an empty answer
   * for 5 s; if one arrives sooner than this pause, the loop waits for the rest of it. Default 1 s.
   */
  readonly idlePause?: Duration | undefined
}

/** Counts of events since the start, by result. */
export interface PullCounts {
  /** Events whose signal Temporal has. */
  readonly delivered: number
  /** The run has ended. The event is confirmed. */
  readonly noRun: number
  /** The run is in a Temporal namespace that is not served here. The event stays in the queue, for the loop of that namespace. */
  readonly otherNamespace: number
  /** Temporal could not be reached in time. VOD shows the event again. */
  readonly undelivered: number
  /** Events that do not belong to vodflow. */
  readonly foreign: number
  /** The part of `foreign` whose token is invalid. */
  readonly forged: number
  /** Events whose EventHandle is not a string. They cannot be confirmed, and are not passed on, because VOD shows them every 30 s. */
  readonly withoutHandle: number
  /** Events that were confirmed. */
  readonly confirmed: number
  /** Events that could not be confirmed: too late, or another consumer handled them. VOD shows them again. */
  readonly notConfirmed: number
}

/** A loop that pulls the events of one sub-app. */
export interface PullLoop {
  /** Returns the number of events for each result, since the start. */
  counts(): PullCounts
  /**
   * Resolves when the loop has closed; rejects if an unexpected error ends it. Errors of VOD and Temporal do not end it. A rejection
   * that you do not handle is ignored.
   */
  readonly ended: Promise<void>
  /**
   * Stops pulling, and confirms the events that were delivered. VOD shows undelivered events again, to another loop. Rejects as `ended`
   * does.
   */
  close(): Promise<void>
  /** Calls {@link PullLoop.close}: `await using loop = startPullLoop(...)`. */
  [Symbol.asyncDispose](): Promise<void>
}

const defaultLimits: InMs<PullLimits> = { signalTimeout: 20_000, foreignTimeout: 5_000, idlePause: 1_000 }
const mostRests = 5
const errorMs = { first: 1_000, most: 30_000 }
/** Number of confirmed handles that are remembered. */
const maxConfirmed = 10_000
/** Number of batches in a row with only foreign events after which a warning is logged. */
const foreignBatches = 10

/**
 * Pulls events from VOD's queue, if ModifyEventConfig sets the mode `PULL`. An event of vodflow is confirmed only after Temporal has its
 * signal. VOD shows an unconfirmed event again after 30 s. Any number of loops may share a queue.
 *
 * The loop never gives up: it retries after an error of VOD, 1 to 30 s later, and logs an error only when it changes.
 *
 * @throws InvalidInputError that names an option which is unknown or of the wrong kind
 */
export function startPullLoop(options: PullLoopOptions): PullLoop {
  const { vod, SubAppId, keys, deliver, foreign = 'leave' } = valid(pullLoopOptions, options)
  const stop = new AbortController()
  const stopping = stop.signal
  const context: PullContext = {
    app: SubAppId === undefined ? {} : { SubAppId },
    foreign,
    limits: durationsIn<PullLimits>('limits', options.limits, defaultLimits),
    logger: totalLogger(options.logger),
    counts: {
      delivered: 0,
      noRun: 0,
      otherNamespace: 0,
      undelivered: 0,
      foreign: 0,
      forged: 0,
      withoutHandle: 0,
      confirmed: 0,
      notConfirmed: 0,
    },
    stopping,
    pause: async (ms) => {
      if (ms > 0) await sleep(ms, undefined, { signal: stopping }).catch(() => {})
    },
  }
  const queue = new PullQueue(vod, context)
  const events = new PulledEvents({ keys, deliver }, context)
  const ended = pullUntilStopped(queue, events, context)
  ended.catch(() => {})
  const close = async () => {
    stop.abort()
    await ended
  }
  return { counts: () => ({ ...context.counts }), ended, close, [asyncDispose]: close }
}

/** Pulls batches of events until the loop is closed. After an error of the queue it waits, and tries again. */
async function pullUntilStopped(queue: PullQueue, events: PulledEvents, context: PullContext): Promise<void> {
  const { limits, stopping, pause } = context
  const problems = new PullProblems(context)
  const rests = new Rests(context)
  for (let failures = 0; !stopping.aborted; ) {
    const began = performance.now()
    let batch: readonly unknown[]
    try {
      batch = await queue.pull()
    } catch (error) {
      if (stopping.aborted) return
      problems.note(error)
      await pause(spreadBackoffMs(errorMs, failures++))
      continue
    }
    problems.noteNone()
    failures = 0
    if (batch.length === 0) await pause(limits.idlePause - (performance.now() - began))
    else {
      const until = performance.now() + limits.signalTimeout
      const taken = await Promise.all(batch.map((event) => events.take(event, until)))
      const left = await queue.confirm(taken.flatMap(({ handle }) => handle ?? []))
      await rests.after(taken, left)
    }
  }
}

/** Logs a problem of the queue when it changes, not at each attempt. */
class PullProblems {
  readonly #context: PullContext
  #problem = ''

  constructor(context: PullContext) {
    this.#context = context
  }

  note(error: unknown): void {
    const { app, logger } = this.#context
    const said = error instanceof Error ? error.message : String(error)
    const code = error instanceof VodError ? error.vodCode : said
    if (code !== this.#problem) logger?.warn({ ...app, problem: said }, 'events cannot be pulled; retrying')
    this.#problem = code
  }

  noteNone(): void {
    const { app, logger } = this.#context
    if (this.#problem !== '') logger?.info({ ...app }, 'events are pulled again')
    this.#problem = ''
  }
}

/** Keeps a queue that does not get shorter from being pulled all the time. */
class Rests {
  readonly #context: PullContext
  readonly #gone = new Recently(maxConfirmed)
  #onlyForeign = 0
  #idle = 0

  constructor(context: PullContext) {
    this.#context = context
  }

  /** @param left - the handles that could not be confirmed */
  async after(taken: readonly TakenEvent[], left: readonly string[]): Promise<void> {
    const { limits, pause } = this.#context
    // A confirmed event that VOD shows again has not left the queue.
    const removed = taken.filter(
      ({ handle }) => handle !== undefined && !left.includes(handle) && this.#gone.add(handle),
    )
    this.#noteForeign(taken)
    this.#idle = removed.length > 0 ? 0 : this.#idle + 1
    if (this.#idle > 0) await pause(limits.idlePause * Math.min(mostRests, this.#idle))
  }

  #noteForeign(taken: readonly TakenEvent[]): void {
    const { app, logger, foreign } = this.#context
    this.#onlyForeign = taken.every(({ ours }) => !ours) ? this.#onlyForeign + 1 : 0
    if (this.#onlyForeign !== foreignBatches || foreign !== 'leave') return
    const remedy =
      'handle or confirm them with the option foreign, or find out who needs them: all consumers share one queue'
    logger?.warn({ ...app, batches: this.#onlyForeign, remedy }, 'the queue holds only foreign events')
  }
}
