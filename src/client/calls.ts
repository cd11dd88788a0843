import { setMaxListeners } from 'node:events'
import type { Client } from '@temporalio/client'
import type { ConnectedClient } from './connection.js'
import { ClosedError } from './errors.js'
import { explain } from './errorsOfTemporal.js'
import { longPoll } from './longPoll.js'
import { openTurn, withinTurn } from './turn.js'

/** Makes the calls of a client, its runs and its batches, so that each of them ends when the client is closed. */
export class Calls {
  readonly client: Client
  readonly #address: string
  readonly #answerTimeoutMs: number
  readonly #closed = new AbortController()

  constructor({
    client,
    address,
    answerTimeoutMs,
  }: Pick<ConnectedClient, 'client' | 'address'> & { readonly answerTimeoutMs: number }) {
    // Every pending call adds a listener.
    setMaxListeners(0, this.#closed.signal)
    this.client = client
    this.#address = address
    this.#answerTimeoutMs = answerTimeoutMs
  }

  /**
   * Makes calls that Temporal or a worker must answer within the timeout.
   *
   * @param signal - the caller's, which ends the calls with its reason.
   * @throws ClosedError when the client is closed
   * @throws TemporalUnreachableError if the connection to Temporal fails
   */
  async ask<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const stops = this.#stopsWith(signal)
    for (const stop of stops) stop.throwIfAborted()
    const turn = openTurn(stops)
    const deadline = Date.now() + this.#answerTimeoutMs
    try {
      return await withinTurn(this.client, turn, () => this.client.withDeadline(deadline, ask))
    } catch (error) {
      for (const stop of stops) stop.throwIfAborted()
      throw this.#explained(error)
    } finally {
      turn.close()
    }
  }

  /** Asks for each member of a list, so that the timeout is that of one page. */
  async *each<T>(members: AsyncIterator<T>): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const { done, value } = await this.ask(() => members.next())
      if (done) return
      yield value
    }
  }

  /** Waits for an answer like {@link ask}, but for days if necessary. */
  async wait<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await longPoll(this.client, this.#stopsWith(signal), ask)
    } catch (error) {
      throw this.#explained(error)
    }
  }

  /** Ends every pending call and refuses any later one. */
  close(): void {
    this.#closed.abort(new ClosedError())
  }

  #stopsWith(signal: AbortSignal | undefined): readonly AbortSignal[] {
    return signal ? [this.#closed.signal, signal] : [this.#closed.signal]
  }

  #explained(error: unknown): unknown {
    return explain(error, { address: this.#address, namespace: this.client.options.namespace })
  }
}
