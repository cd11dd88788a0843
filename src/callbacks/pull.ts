import { setTimeout as sleep } from 'node:timers/promises'
import type { VodClient } from '../vod/client.js'
import { VodError } from '../vod/errors.js'
import type { MacKeys } from '../vod/macKeys.js'
import { openSessionContext } from '../vod/token.js'
import type { Deliver } from './deliver.js'
import { type PushEvent, parseEvent } from './event.js'
import { hintOf } from './hintOf.js'
import type { Logger } from './logger.js'
import { within } from './within.js'

/** What the pull loop needs. */
export interface PullLoopOptions {
  /** Best one with `callsPerSecond: outsideQueues`: the loop is not in a worker's queues. */
  readonly vod: Pick<VodClient, 'call'>
  /** Default: the account's default application. */
  readonly SubAppId?: number
  /** The same keys as the worker's. */
  readonly keys: MacKeys
  /** Usually `createDelivery`. */
  readonly deliver: Deliver
  /**
   * Events that are not ours: `leave` them in the queue for whoever wants them (default; VOD shows them again every 30 s and keeps
   * them for 4 days), `confirm` them, or a function that takes them on: what it resolves for within `foreignMs` is confirmed,
   * the rest is left.
   */
  readonly foreign?: 'leave' | 'confirm' | ((event: PushEvent) => void | Promise<void>)
  /** Default: none. */
  readonly logger?: Logger
  readonly limits?: Partial<PullLimits>
}

/** Times and sizes of the pull loop. */
export interface PullLimits {
  /**
   * Temporal must have an event's signal so soon after it was pulled, ms. Default 20,000: VOD shows it again after 30 s
   * (PullEvents), and it must be confirmed before.
   */
  readonly signalMs: number
  /** A function in `foreign` must have taken an event on so soon, ms; `close` waits as long. Default 5,000. */
  readonly foreignMs: number
  /** Rest after a batch with nothing but events that stay in the queue, ms; up to five times as long in a row. Default 1,000. */
  readonly restMs: number
}

/** How many events since the start, by what became of them. */
export interface PullCounts {
  readonly delivered: number
  /** The run has ended: confirmed. */
  readonly noRun: number
  /** Temporal could not be reached in time: VOD shows it again. */
  readonly undelivered: number
  readonly foreign: number
  /** Of these, with a token that is not valid. */
  readonly forged: number
  readonly confirmed: number
  /** Confirmed too late, or handled by another consumer: VOD shows it again. */
  readonly notConfirmed: number
}

/** A loop that pulls the events of one sub-app. */
export interface PullLoop {
  /** How many events came to what, since the start. */
  counts(): PullCounts
  /**
   * Resolves when it has closed; rejects when it ended by an error of its own. Errors of VOD and Temporal do not end it. A rejection
   * that you do not handle is ignored.
   */
  readonly ended: Promise<void>
  /** Pulls no more, and confirms what was delivered. What was pulled and not delivered comes again, to another loop. */
  close(): Promise<void>
}

const defaultLimits: PullLimits = { signalMs: 20_000, foreignMs: 5_000, restMs: 1_000 }
const signalTryMs = 2_500
const signalPauseMs = 500
/** PullEvents is held for up to 5 s. */
const pullTimeoutMs = 15_000
const mostRests = 5
const errorMs = { first: 1_000, most: 30_000 }
/** So many batches in a row with nothing but events of others are worth a word. */
const foreignBatches = 10

interface Pulled extends PushEvent {
  readonly EventHandle: string
}

/**
 * Takes events from VOD's queue, where ModifyEventConfig says `PULL`. An event of ours is confirmed only once Temporal has its
 * signal; what is not confirmed comes again after 30 s. Any number of loops may share a queue.
 *
 * Never gives up: errors of VOD are logged once for each change, and tried again after 1 to 30 s.
 */
export function startPullLoop(options: PullLoopOptions): PullLoop {
  const { vod, SubAppId, keys, deliver, foreign = 'leave', logger } = options
  const { signalMs, foreignMs, restMs } = { ...defaultLimits, ...options.limits }
  const app = SubAppId === undefined ? {} : { SubAppId }
  const counts = {
    delivered: 0,
    noRun: 0,
    undelivered: 0,
    foreign: 0,
    forged: 0,
    confirmed: 0,
    notConfirmed: 0,
  }
  const stopping = new AbortController()
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {})
  let onlyForeign = 0
  let problem = ''

  const loop = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const events = await pull()
        if (problem !== '') logger?.info({ ...app }, 'events are pulled again')
        failures = 0
        problem = ''
        if (events.length > 0) await handle(events)
      } catch (error) {
        if (stopping.signal.aborted) break
        const said = error instanceof Error ? error.message : String(error)
        const code = error instanceof VodError ? error.code : said
        // Once for each change, not for each try.
        if (code !== problem) logger?.warn({ ...app, problem: said }, 'events cannot be pulled; trying on')
        problem = code
        const longest = Math.min(errorMs.most, errorMs.first * 2 ** failures++)
        await pause(longest * (0.5 + Math.random() / 2))
      }
    }
  }

  async function pull(): Promise<readonly Pulled[]> {
    try {
      const { EventSet } = await vod.call('PullEvents', app, {
        signal: stopping.signal,
        timeoutMs: pullTimeoutMs,
      })
      return EventSet
    } catch (error) {
      // An empty queue is an error for VOD, not for us.
      if (error instanceof VodError && error.code.startsWith('ResourceNotFound')) return []
      throw error
    }
  }

  async function handle(events: readonly Pulled[]): Promise<void> {
    const until = performance.now() + signalMs
    const done = await Promise.all(events.map(async (event) => ({ event, ...(await take(event, until)) })))
    const handles = done.filter(({ confirm }) => confirm).map(({ event }) => event.EventHandle)
    if (handles.length > 0) await confirm(handles)
    onlyForeign = done.every(({ ours }) => !ours) ? onlyForeign + 1 : 0
    if (onlyForeign === foreignBatches && foreign === 'leave') {
      const remedy =
        'take them on or confirm them (foreign), or find out whose they are: both consumers share one queue'
      logger?.warn({ ...app, batches: onlyForeign, remedy }, 'the queue holds nothing but events of others')
    }
    if (handles.length === 0) await pause(restMs * Math.min(mostRests, Math.max(1, onlyForeign)))
  }

  async function take(event: Pulled, until: number): Promise<{ ours: boolean; confirm: boolean }> {
    const { EventHandle: _, ...body } = event
    const task = parseEvent(body)?.task
    const opened = task ? openSessionContext(task.SessionContext, keys) : undefined
    if (!task || opened?.verdict !== 'ours') {
      if (opened?.verdict === 'forged') counts.forged++
      return { ours: false, confirm: await passOn(body as PushEvent) }
    }
    const { address } = opened
    const hint = hintOf(address, task, 'pull')
    while (!stopping.signal.aborted) {
      try {
        const left = Math.min(signalTryMs, until - performance.now())
        if (left <= 0) break
        const delivered = await within(left, deliver(address, hint))
        // Another namespace has a loop of its own, which must find it.
        if (delivered === 'other-namespace') return { ours: false, confirm: await passOn(body as PushEvent) }
        counts[delivered === 'delivered' ? 'delivered' : 'noRun']++
        return { ours: true, confirm: true }
      } catch {
        await pause(signalPauseMs)
      }
    }
    counts.undelivered++
    logger?.warn(
      { workflowId: address.workflowId },
      'Temporal did not take a signal in time; VOD shows the event again',
    )
    return { ours: true, confirm: false }
  }

  async function passOn(event: PushEvent): Promise<boolean> {
    counts.foreign++
    if (foreign === 'leave' || foreign === 'confirm') return foreign === 'confirm'
    try {
      // One that never ends would keep the whole batch from being confirmed.
      await within(foreignMs, Promise.resolve(foreign(event)))
      return true
    } catch (error) {
      logger?.warn(
        { EventType: event.EventType, problem: String(error) },
        'an event of others was not taken on',
      )
      return false
    }
  }

  /** One handle that came too late refuses them all: then each by itself. */
  async function confirm(EventHandles: readonly string[]): Promise<void> {
    try {
      await vod.call('ConfirmEvents', { ...app, EventHandles: [...EventHandles] })
      counts.confirmed += EventHandles.length
    } catch (error) {
      const refused = error instanceof VodError && error.class === 'permanent'
      if (refused && EventHandles.length > 1) {
        for (const handle of EventHandles) await confirm([handle])
        return
      }
      counts.notConfirmed += EventHandles.length
      const fields = { ...app, events: EventHandles.length, problem: String(error) }
      logger?.warn(fields, 'events could not be confirmed; VOD shows them again')
    }
  }

  const ended = loop()
  ended.catch(() => {})
  return {
    counts: () => ({ ...counts }),
    ended,
    async close() {
      stopping.abort()
      await ended
    },
  }
}
