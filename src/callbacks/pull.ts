import { setTimeout as sleep } from 'node:timers/promises'
import { asyncDispose } from '../base/asyncDispose.js'
import { spreadBackoffMs } from '../contract/backoff.js'
import { type Duration, durationsIn, type InMs } from '../contract/duration.js'
import { VodError } from '../contract/errors.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import type { StepAddress } from '../contract/seal/token.js'
import { cut } from '../contract/text.js'
import { valid } from '../contract/valid.js'
import { within } from '../contract/within.js'
import type { VodClient } from '../vod/client.js'
import { pullLoopOptions } from './checks.js'
import type { DeliverEvent } from './deliver.js'
import { checkedResult } from './delivered.js'
import { typeOf } from './event.js'
import { type ForeignEvent, pulledEvent } from './foreignEvent.js'
import { type EventLogger, totalLogger } from './logger.js'
import { judge, type OwnEvent } from './openEvent.js'
import { Recently, takeApart } from './pulled.js'
import { warnOfUnknownKey } from './unknownKey.js'

/** Options of {@link startPullLoop}. */
export interface PullLoopOptions {
  /** Use a client with `callsPerSecond: outsideQueues`, because the queues of a worker do not limit this loop. */
  readonly vod: Pick<VodClient, 'call'>
  /** Default: the account's default application. */
  readonly SubAppId?: number
  /** The same keys as the worker's. */
  readonly keys: MacKeys
  /** Usually `createDelivery`. */
  readonly deliver: DeliverEvent
  /**
   * Treatment of events that do not belong to vodflow. `leave` keeps them in the queue for other consumers; VOD shows them again every
   * 30 s and keeps them for 4 days. `confirm` removes them. A function handles them: an event for which it resolves within `limits.foreignTimeout`
   * is confirmed, any other is left. Default `leave`.
   */
  readonly foreign?: 'leave' | 'confirm' | ((event: ForeignEvent) => void | Promise<void>)
  /** Default: none. */
  readonly logger?: EventLogger
  /** Times that differ from the defaults. */
  readonly limits?: Partial<PullLimits>
}

/** Times and sizes of the pull loop. */
export interface PullLimits {
  /**
   * Time within which Temporal must have the signal of a pulled event. Default 20 s: VOD shows the event again after 30 s
   * (PullEvents), so it must be confirmed before.
   */
  readonly signalTimeout: Duration
  /** Time within which a function in `foreign` must resolve. `close` waits for it too. Default 5 s. */
  readonly foreignTimeout: Duration
  /**
   * Pause after a batch of which nothing leaves the queue. It grows to five times as long if that repeats. VOD holds an empty answer
   * for 5 s; if one arrives sooner than this pause, the loop waits for the rest of it. Default 1 s.
   */
  readonly idlePause: Duration
}

/** Counts of events since the start, by result. */
export interface PullCounts {
  /** Events whose signal Temporal has. */
  readonly delivered: number
  /** The run has ended. The event is confirmed. */
  readonly noRun: number
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
  /** Stops pulling, and confirms the events that were delivered. VOD shows undelivered events again, to another loop. */
  close(): Promise<void>
  /** Calls {@link PullLoop.close}: `await using loop = startPullLoop(...)`. */
  [Symbol.asyncDispose](): Promise<void>
}

const defaultLimits: InMs<PullLimits> = { signalTimeout: 20_000, foreignTimeout: 5_000, idlePause: 1_000 }
const signalTryMs = 2_500
const signalPauseMs = 500
/** The result of a try that failed or took too long. */
const failedTry = Symbol('failed')
/** VOD holds PullEvents for up to 5 s. */
const pullTimeoutMs = 15_000
const mostRests = 5
const errorMs = { first: 1_000, most: 30_000 }
/** ConfirmEvents accepts at most this many handles. */
const maxHandles = 16
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
  const logger = totalLogger(options.logger)
  const {
    signalTimeout: signalMs,
    foreignTimeout: foreignMs,
    idlePause: pauseMs,
  } = durationsIn<PullLimits>('limits', options.limits, defaultLimits)
  const app = SubAppId === undefined ? {} : { SubAppId }
  const counts = {
    delivered: 0,
    noRun: 0,
    undelivered: 0,
    foreign: 0,
    forged: 0,
    withoutHandle: 0,
    confirmed: 0,
    notConfirmed: 0,
  }
  const warnOf = warnOfUnknownKey(logger)
  const stopping = new AbortController()
  const pause = (ms: number) =>
    ms > 0 ? sleep(ms, undefined, { signal: stopping.signal }).catch(() => {}) : undefined
  const gone = new Recently(maxConfirmed)
  let onlyForeign = 0
  let idle = 0
  let problem = ''

  const loop = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const began = performance.now()
        const events = await pull()
        noteWorks()
        failures = 0
        if (events.length > 0) await handle(events)
        else await pause(pauseMs - (performance.now() - began))
      } catch (error) {
        if (stopping.signal.aborted) break
        noteProblem(error)
        await pause(spreadBackoffMs(errorMs, failures++))
      }
    }
  }

  function noteWorks(): void {
    if (problem !== '') logger?.info({ ...app }, 'events are pulled again')
    problem = ''
  }

  /** Logs a problem when it changes, not at each attempt. */
  function noteProblem(error: unknown): void {
    const said = error instanceof Error ? error.message : String(error)
    const code = error instanceof VodError ? error.vodCode : said
    if (code !== problem) logger?.warn({ ...app, problem: said }, 'events cannot be pulled; retrying')
    problem = code
  }

  async function pull(): Promise<readonly unknown[]> {
    try {
      const { EventSet } = await vod.call('PullEvents', app, {
        signal: stopping.signal,
        timeout: pullTimeoutMs,
      })
      return EventSet
    } catch (error) {
      // VOD answers an empty queue with an error.
      if (error instanceof VodError && error.vodCode.startsWith('ResourceNotFound')) return []
      throw error
    }
  }

  async function handle(events: readonly unknown[]): Promise<void> {
    const until = performance.now() + signalMs
    const done = await Promise.all(events.map((event) => take(event, until)))
    const handles = done.flatMap(({ handle }) => handle ?? [])
    const left: string[] = []
    for (let from = 0; from < handles.length; from += maxHandles)
      left.push(...(await confirm(handles.slice(from, from + maxHandles))))
    // A confirmed event that VOD shows again has not left the queue.
    const progress = handles.filter((handle) => !left.includes(handle) && gone.add(handle)).length > 0
    onlyForeign = done.every(({ ours }) => !ours) ? onlyForeign + 1 : 0
    if (onlyForeign === foreignBatches && foreign === 'leave') {
      const remedy =
        'handle or confirm them with the option foreign, or find out who needs them: all consumers share one queue'
      logger?.warn({ ...app, batches: onlyForeign, remedy }, 'the queue holds only foreign events')
    }
    idle = progress ? 0 : idle + 1
    if (!progress) await pause(pauseMs * Math.min(mostRests, idle))
  }

  /** Delivers or passes on an event. Returns its handle if it may be confirmed. */
  async function take(event: unknown, until: number): Promise<{ ours: boolean; handle?: string }> {
    const { handle, body } = takeApart(event)
    const confirmed = (done: boolean) => (done && handle !== undefined ? { handle } : {})
    if (handle === undefined) noteWithoutHandle(body)
    const opened = judge(body, { keys, sign: 'unchecked', via: 'pull' })
    if (opened.kind === 'ours') {
      const delivered = await wake(opened, until)
      // The loop of the other namespace must still find it.
      if (delivered !== 'other-namespace') return { ours: true, ...confirmed(delivered) }
    }
    if (opened.kind === 'forged') counts.forged++
    if (opened.kind === 'foreign') warnOf(opened)
    counts.foreign++
    return { ours: false, ...(handle === undefined ? {} : confirmed(await passOn(body))) }
  }

  function noteWithoutHandle(body: unknown): void {
    const remedy =
      'contact Tencent: it cannot be confirmed, and VOD shows it every 30 s until it is 4 days old'
    const fields = { ...app, EventType: cut(typeOf(body), 64), remedy }
    if (counts.withoutHandle++ === 0) logger?.warn(fields, 'the EventHandle of an event is not a string')
  }

  /** Delivers the hint of an event. Returns true if the event may be confirmed. */
  async function wake(
    { address, hint }: Pick<OwnEvent, 'address' | 'hint'>,
    until: number,
  ): Promise<boolean | 'other-namespace'> {
    const once = async () => deliver(address, hint)
    while (!stopping.signal.aborted) {
      const left = Math.min(signalTryMs, until - performance.now())
      if (left <= 0) break
      const returned = await within(left, once()).catch(() => failedTry)
      if (returned !== failedTry) return noted(returned, address)
      await pause(signalPauseMs)
    }
    return noteUndelivered(address, 'Temporal did not take the signal in time')
  }

  /** Another try after an odd result could signal the step each time. */
  function noted(returned: unknown, address: StepAddress): boolean | 'other-namespace' {
    try {
      const delivered = checkedResult(returned)
      if (delivered === 'other-namespace') return delivered
      counts[delivered === 'no-run' ? 'noRun' : 'delivered']++
      return true
    } catch (error) {
      return noteUndelivered(address, error instanceof Error ? error.message : String(error))
    }
  }

  function noteUndelivered({ workflowId }: StepAddress, reason: string): false {
    counts.undelivered++
    logger?.warn(
      { workflowId, problem: reason },
      'the signal of an event was not delivered; VOD shows the event again',
    )
    return false
  }

  async function passOn(body: unknown): Promise<boolean> {
    if (foreign === 'leave' || foreign === 'confirm') return foreign === 'confirm'
    try {
      // Without a timeout, a function that never resolves would keep the whole batch from being confirmed.
      await within(foreignMs, Promise.resolve(foreign(pulledEvent(body))))
      return true
    } catch (error) {
      logger?.warn(
        { EventType: cut(typeOf(body), 64), problem: String(error) },
        'a foreign event was not handled',
      )
      return false
    }
  }

  /**
   * Returns the handles that could not be confirmed. VOD refuses all handles of a request if one is too late; then each is confirmed by
   * itself.
   */
  async function confirm(EventHandles: readonly string[]): Promise<readonly string[]> {
    try {
      await vod.call('ConfirmEvents', { ...app, EventHandles: [...EventHandles] })
      counts.confirmed += EventHandles.length
      return []
    } catch (error) {
      const refused = error instanceof VodError && error.class === 'permanent'
      if (refused && EventHandles.length > 1) {
        const left: string[] = []
        for (const handle of EventHandles) left.push(...(await confirm([handle])))
        return left
      }
      counts.notConfirmed += EventHandles.length
      const fields = { ...app, events: EventHandles.length, problem: String(error) }
      logger?.warn(fields, 'events could not be confirmed; VOD shows them again')
      return EventHandles
    }
  }

  const ended = loop()
  ended.catch(() => {})
  const close = async () => {
    stopping.abort()
    await ended
  }
  return { counts: () => ({ ...counts }), ended, close, [asyncDispose]: close }
}
