import { setTimeout as sleep } from 'node:timers/promises'
import { spreadBackoffMs } from '../contract/backoff.js'
import { VodError } from '../contract/errors.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import type { StepAddress } from '../contract/seal/token.js'
import { cut } from '../contract/text.js'
import { within } from '../contract/within.js'
import type { VodClient } from '../vod/client.js'
import type { Deliver } from './deliver.js'
import { classify, type TaskEvent, typeOf } from './event.js'
import { type ForeignEvent, pulledEvent } from './foreignEvent.js'
import { hintOf } from './hintOf.js'
import { type Logger, totalLogger } from './logger.js'
import { Recently, takeApart } from './pulled.js'

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
  readonly foreign?: 'leave' | 'confirm' | ((event: ForeignEvent) => void | Promise<void>)
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
  /**
   * Rest after a batch of which nothing leaves the queue, ms; up to five times as long in a row. An empty answer that comes sooner than
   * this, which VOD holds for 5 s, is followed by what is left of it. Default 1,000.
   */
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
  /** Events without an EventHandle that is a text: nobody can confirm them. They are not passed on, since they come again every 30 s. */
  readonly withoutHandle: number
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
/** ConfirmEvents takes no more at once. */
const maxHandles = 16
/** Handles of confirmed events that are remembered. */
const maxConfirmed = 10_000
/** So many batches in a row with nothing but events of others are worth a word. */
const foreignBatches = 10

/**
 * Takes events from VOD's queue, where ModifyEventConfig says `PULL`. An event of ours is confirmed only once Temporal has its
 * signal; what is not confirmed comes again after 30 s. Any number of loops may share a queue.
 *
 * Never gives up: errors of VOD are logged once for each change, and tried again after 1 to 30 s.
 */
export function startPullLoop(options: PullLoopOptions): PullLoop {
  const { vod, SubAppId, keys, deliver, foreign = 'leave' } = options
  const logger = totalLogger(options.logger)
  const { signalMs, foreignMs, restMs } = { ...defaultLimits, ...options.limits }
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
        else await pause(restMs - (performance.now() - began))
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

  /** Logs once for each change, not for each try. */
  function noteProblem(error: unknown): void {
    const said = error instanceof Error ? error.message : String(error)
    const code = error instanceof VodError ? error.code : said
    if (code !== problem) logger?.warn({ ...app, problem: said }, 'events cannot be pulled; trying on')
    problem = code
  }

  async function pull(): Promise<readonly unknown[]> {
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

  async function handle(events: readonly unknown[]): Promise<void> {
    const until = performance.now() + signalMs
    const done = await Promise.all(events.map((event) => take(event, until)))
    const handles = done.flatMap(({ handle }) => handle ?? [])
    const left: string[] = []
    for (let from = 0; from < handles.length; from += maxHandles)
      left.push(...(await confirm(handles.slice(from, from + maxHandles))))
    // One that comes again although it was confirmed has not left the queue.
    const progress = handles.filter((handle) => !left.includes(handle) && gone.add(handle)).length > 0
    onlyForeign = done.every(({ ours }) => !ours) ? onlyForeign + 1 : 0
    if (onlyForeign === foreignBatches && foreign === 'leave') {
      const remedy =
        'take them on or confirm them (foreign), or find out whose they are: both consumers share one queue'
      logger?.warn({ ...app, batches: onlyForeign, remedy }, 'the queue holds nothing but events of others')
    }
    idle = progress ? 0 : idle + 1
    if (!progress) await pause(restMs * Math.min(mostRests, idle))
  }

  /** What became of an event, and its handle where it may be confirmed. */
  async function take(event: unknown, until: number): Promise<{ ours: boolean; handle?: string }> {
    const { handle, body } = takeApart(event)
    const confirmed = (done: boolean) => (done && handle !== undefined ? { handle } : {})
    if (handle === undefined) noteWithoutHandle(body)
    const classified = classify(body, keys)
    if (classified.kind === 'ours') {
      const delivered = await wake(classified, until)
      // Another namespace has a loop of its own, which must find it.
      if (delivered !== 'other-namespace') return { ours: true, ...confirmed(delivered) }
    }
    if (classified.kind === 'forged') counts.forged++
    counts.foreign++
    return { ours: false, ...(handle === undefined ? {} : confirmed(await passOn(pulledEvent(body)))) }
  }

  function noteWithoutHandle(body: unknown): void {
    const remedy = 'ask Tencent: nobody can confirm it, and VOD shows it every 30 s until it is 4 days old'
    const fields = { ...app, EventType: cut(typeOf(body), 64), remedy }
    if (counts.withoutHandle++ === 0) logger?.warn(fields, 'an event has no EventHandle that is a text')
  }

  /** Whether the event is done with. */
  async function wake(
    { address, task }: { address: StepAddress; task: TaskEvent },
    until: number,
  ): Promise<boolean | 'other-namespace'> {
    const hint = hintOf(address, task, 'pull')
    while (!stopping.signal.aborted) {
      try {
        const left = Math.min(signalTryMs, until - performance.now())
        if (left <= 0) break
        const delivered = await within(left, deliver(address, hint))
        if (delivered === 'other-namespace') return delivered
        counts[delivered === 'no-run' ? 'noRun' : 'delivered']++
        return true
      } catch {
        await pause(signalPauseMs)
      }
    }
    counts.undelivered++
    logger?.warn(
      { workflowId: address.workflowId },
      'Temporal did not take a signal in time; VOD shows the event again',
    )
    return false
  }

  async function passOn(event: ForeignEvent): Promise<boolean> {
    if (foreign === 'leave' || foreign === 'confirm') return foreign === 'confirm'
    try {
      // One that never ends would keep the whole batch from being confirmed.
      await within(foreignMs, Promise.resolve(foreign(event)))
      return true
    } catch (error) {
      logger?.warn(
        { EventType: cut(event.EventType, 64), problem: String(error) },
        'an event of others was not taken on',
      )
      return false
    }
  }

  /** The handles that could not be confirmed. One that came too late refuses them all: then each by itself. */
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
  return {
    counts: () => ({ ...counts }),
    ended,
    async close() {
      stopping.abort()
      await ended
    },
  }
}
