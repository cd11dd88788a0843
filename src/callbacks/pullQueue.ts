import { VodError } from '../contract/errors.js'
import type { VodClient } from '../vod/client.js'
import type { PullContext } from './pullContext.js'

/** VOD holds PullEvents for up to 5 s. */
const pullTimeoutMs = 15_000
/** ConfirmEvents accepts at most this many handles. */
const maxHandles = 16

/** VOD's queue of events. */
export class PullQueue {
  readonly #vod: Pick<VodClient, 'call'>
  readonly #context: PullContext

  constructor(vod: Pick<VodClient, 'call'>, context: PullContext) {
    this.#vod = vod
    this.#context = context
  }

  async pull(): Promise<readonly unknown[]> {
    const { app, stopping } = this.#context
    try {
      const options = { signal: stopping, timeout: pullTimeoutMs }
      return (await this.#vod.call('PullEvents', app, options)).EventSet
    } catch (error) {
      // VOD answers an empty queue with an error.
      if (error instanceof VodError && error.vodCode.startsWith('ResourceNotFound')) return []
      throw error
    }
  }

  /** Returns the handles that could not be confirmed. */
  async confirm(handles: readonly string[]): Promise<readonly string[]> {
    const left: string[] = []
    for (let from = 0; from < handles.length; from += maxHandles)
      left.push(...(await this.#confirmPart(handles.slice(from, from + maxHandles))))
    return left
  }

  /** VOD refuses all handles of a request if one is too late; then each is confirmed by itself. */
  async #confirmPart(EventHandles: readonly string[]): Promise<readonly string[]> {
    const { app, counts, logger } = this.#context
    try {
      await this.#vod.call('ConfirmEvents', { ...app, EventHandles: [...EventHandles] })
      counts.confirmed += EventHandles.length
      return []
    } catch (error) {
      const refused = error instanceof VodError && error.class === 'permanent'
      if (refused && EventHandles.length > 1) {
        const left: string[] = []
        for (const handle of EventHandles) left.push(...(await this.#confirmPart([handle])))
        return left
      }
      counts.notConfirmed += EventHandles.length
      const fields = { ...app, events: EventHandles.length, problem: String(error) }
      logger?.warn(fields, 'events could not be confirmed; VOD shows them again')
      return EventHandles
    }
  }
}
