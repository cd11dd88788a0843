import { createHash } from 'node:crypto'
import type { Books } from '../books.js'
import type { EmulatorClock } from '../clock.js'
import { msOf } from '../duration.js'
import type { EmulatorFaults } from '../faults.js'
import { newTaskId } from '../ids.js'
import type { Json } from '../json.js'
import type { EventConfig, QueuedEvent } from '../model.js'
import type { Collection } from '../store.js'
import type { EmulatorSwitches } from '../switches.js'
import { sendCallback } from './push.js'

export interface EventBusOptions {
  readonly clock: EmulatorClock
  readonly faults: EmulatorFaults
  readonly switches: EmulatorSwitches
  readonly configs: Collection<EventConfig>
  readonly queue: Collection<QueuedEvent>
  readonly books: Books
  readonly pushTimeoutMs: number
}

export const defaultEventConfig: EventConfig = {
  Mode: 'PUSH',
  NotificationUrl: '',
  UploadMediaCompleteEventSwitch: 'OFF',
  DeleteMediaCompleteEventSwitch: 'OFF',
  PersistenceCompleteEventSwitch: 'OFF',
  SignKey: '',
}

/** Events that are sent only if they are switched on. */
const switched: Readonly<Record<string, keyof EventConfig>> = {
  NewFileUpload: 'UploadMediaCompleteEventSwitch',
  FileDeleted: 'DeleteMediaCompleteEventSwitch',
}

/** Delivers the events of a sub-app to its URL or into its queue, never both. */
export class EventBus {
  readonly #options: EventBusOptions
  readonly #sending = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #held: (() => Promise<void>) | undefined

  constructor(options: EventBusOptions) {
    this.#options = options
  }

  configOf(SubAppId: number): EventConfig {
    return this.#options.configs.get(String(SubAppId)) ?? defaultEventConfig
  }

  emit(SubAppId: number, body: Json): void {
    const config = this.configOf(SubAppId)
    const needs = switched[String(body.EventType)]
    if (needs && config[needs] !== 'ON') return
    if (config.Mode === 'PULL') this.#enqueue(SubAppId, body)
    else if (config.NotificationUrl !== '') this.#push(config, body)
  }

  /** True if no more events will arrive. */
  get stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Resolves when no callback is being sent. */
  async idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.allSettled(this.#sending)
  }

  /** Stops sending, and aborts the sends in progress. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await Promise.allSettled(this.#sending)
  }

  #enqueue(SubAppId: number, body: Json): void {
    const { clock, queue } = this.#options
    const handle = newTaskId(SubAppId, 'PullUpload').split('-').at(-1) as string
    queue.put(handle, { handle, SubAppId, at: clock.now(), body, visibleAt: 0 })
  }

  /** Sends a callback, with the scripted faults. */
  #push(config: EventConfig, body: Json): void {
    const { faults, clock } = this.#options
    if (faults.strike('dropCallback')) return
    const forged = faults.strike('forgeCallback')
    const before = forged && this.#send(config, merge(body, forged.body))
    const send = async () => {
      await before
      await this.#send(config, body)
    }
    if (faults.strike('reorderCallback')) {
      const earlier = this.#held
      this.#held = async () => {
        await earlier?.()
        await send()
      }
      return
    }
    const later = this.#held
    this.#held = undefined
    const delay = faults.strike('delayCallback')
    if (delay) clock.after(msOf(delay.delay), () => void send())
    if (faults.strike('doubleCallback')) void send()
    // A callback that was held back is sent after this one has arrived, because concurrent sends have no order.
    void (delay ? Promise.resolve() : send()).then(later)
  }

  #send(config: EventConfig, body: Json): Promise<void> {
    const { switches, books, clock, pushTimeoutMs } = this.#options
    const sending = sendCallback({
      url: config.NotificationUrl,
      body,
      signature: config.SignKey === '' ? undefined : signatureOf(config.SignKey, clock.now()),
      place: switches.signPlace,
      signal: this.#stopping.signal,
      timeoutMs: pushTimeoutMs,
      onSend: (send) =>
        books.callback({
          at: clock.now(),
          url: config.NotificationUrl,
          EventType: String(body.EventType),
          TaskId: taskIdOf(body),
          ...send,
        }),
    })
    this.#sending.add(sending)
    void sending.finally(() => this.#sending.delete(sending))
    return sending
  }
}

/** Returns a signature that is valid for 10 minutes and does not cover the body. */
function signatureOf(SignKey: string, now: number): { Sign: string; T: number } {
  const T = Math.floor(now / 1000) + 600
  return { Sign: createHash('md5').update(`${SignKey}${T}`).digest('hex'), T }
}

function taskIdOf(body: Json): string {
  const event = Object.values(body).find(
    (member): member is Json => typeof member === 'object' && member !== null && 'TaskId' in member,
  )
  return String(event?.TaskId ?? '')
}

function merge(body: Json, over: Json): Json {
  const merged: Record<string, unknown> = { ...body }
  for (const [name, value] of Object.entries(over)) {
    const old = merged[name]
    const nested = isObject(old) && isObject(value)
    merged[name] = nested ? merge(old, value) : value
  }
  return merged
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
