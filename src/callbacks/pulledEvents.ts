import type { StepAddress } from '../contract/seal/token.js'
import { cut } from '../contract/text.js'
import { within } from '../contract/within.js'
import { checkedResult } from './delivered.js'
import { typeOf } from './event.js'
import { pulledEvent } from './foreignEvent.js'
import { judge, type OwnEvent } from './openEvent.js'
import type { PullLoopOptions } from './pull.js'
import type { PullContext } from './pullContext.js'
import { takeApart } from './pulled.js'
import { warnOfUnknownKey } from './unknownKey.js'

const signalTryMs = 2_500
const signalPauseMs = 500
/** The result of a try that failed or took too long. */
const failedTry = Symbol('failed')

/** What was done with a pulled event. */
export interface TakenEvent {
  readonly ours: boolean
  /** Present if the event may be confirmed. */
  readonly handle?: string
}

/** Delivers pulled events of vodflow, and passes on all others. */
export class PulledEvents {
  readonly #options: Pick<PullLoopOptions, 'keys' | 'deliver'>
  readonly #context: PullContext
  readonly #warnOf: ReturnType<typeof warnOfUnknownKey>

  constructor(options: Pick<PullLoopOptions, 'keys' | 'deliver'>, context: PullContext) {
    this.#options = options
    this.#context = context
    this.#warnOf = warnOfUnknownKey(context.logger)
  }

  /** @param until - the time by which the signal of the event must have been delivered */
  async take(event: unknown, until: number): Promise<TakenEvent> {
    const { counts } = this.#context
    const { handle, body } = takeApart(event)
    const confirmed = (done: boolean) => (done && handle !== undefined ? { handle } : {})
    if (handle === undefined) this.#noteWithoutHandle(body)
    const opened = judge(body, { keys: this.#options.keys, sign: 'unchecked', via: 'pull' })
    if (opened.kind === 'ours') return { ours: true, ...confirmed(await this.#deliver(opened, until)) }
    if (opened.kind === 'forged') counts.forged++
    if (opened.kind === 'foreign') this.#warnOf(opened)
    counts.foreign++
    return { ours: false, ...(handle === undefined ? {} : confirmed(await this.#passOn(body))) }
  }

  /** Delivers the hint of an event. Returns true if the event may be confirmed. */
  async #deliver({ address, hint }: Pick<OwnEvent, 'address' | 'hint'>, until: number): Promise<boolean> {
    const { stopping, pause } = this.#context
    const once = async () => this.#options.deliver(address, hint)
    while (!stopping.aborted) {
      const left = Math.min(signalTryMs, until - performance.now())
      if (left <= 0) break
      const returned = await within(left, once()).catch(() => failedTry)
      if (returned !== failedTry) return this.#noteResult(returned, address)
      await pause(signalPauseMs)
    }
    return this.#noteUndelivered(address, 'Temporal did not take the signal in time')
  }

  /** Another try after an odd result could signal the step each time. */
  #noteResult(returned: unknown, address: StepAddress): boolean {
    const { counts } = this.#context
    try {
      const delivered = checkedResult(returned)
      // The loop of the other namespace must still find it.
      if (delivered === 'other-namespace') {
        counts.otherNamespace++
        return false
      }
      counts[delivered === 'no-run' ? 'noRun' : 'delivered']++
      return true
    } catch (error) {
      return this.#noteUndelivered(address, error instanceof Error ? error.message : String(error))
    }
  }

  #noteUndelivered({ workflowId }: StepAddress, reason: string): false {
    const { counts, logger } = this.#context
    counts.undelivered++
    logger?.warn(
      { workflowId, problem: reason },
      'the signal of an event was not delivered; VOD shows the event again',
    )
    return false
  }

  /** Returns true if the event may be confirmed. */
  async #passOn(body: unknown): Promise<boolean> {
    const { foreign, limits, logger } = this.#context
    if (foreign === 'leave' || foreign === 'confirm') return foreign === 'confirm'
    try {
      // Without a timeout, a function that never resolves would keep the whole batch from being confirmed.
      await within(limits.foreignTimeout, Promise.resolve(foreign(pulledEvent(body))))
      return true
    } catch (error) {
      logger?.warn(
        { EventType: cut(typeOf(body), 64), problem: String(error) },
        'a foreign event was not handled',
      )
      return false
    }
  }

  #noteWithoutHandle(body: unknown): void {
    const { app, counts, logger } = this.#context
    const remedy =
      'contact Tencent: it cannot be confirmed, and VOD shows it every 30 s until it is 4 days old'
    const fields = { ...app, EventType: cut(typeOf(body), 64), remedy }
    if (counts.withoutHandle++ === 0) logger?.warn(fields, 'the EventHandle of an event is not a string')
  }
}
