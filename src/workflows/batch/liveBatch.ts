import type { BatchInput, BatchProgress, BatchState } from '../../contract/batch.js'
import type { StartResults } from '../../contract/batchActivities.js'
import { batchWorkOf } from '../../contract/itemWork.js'
import { pinSection } from '../run/currentDetails.js'
import { countItems } from './countItems.js'
import { asItemEnded } from './messages.js'
import { batchDetails, progressOf } from './report.js'
import { type StartCall, withEarly, withSaid, withStarted } from './state.js'

/** The state of a batch while it runs. Signals and updates change it during every wait, so code reads it again after each `await`. */
export class LiveBatch {
  readonly input: BatchInput
  readonly #pin = pinSection('batch')
  #state: BatchState | undefined
  #call: StartCall | undefined

  /** @param state - that of the last run, if the batch continues as new. */
  constructor(input: BatchInput, state: BatchState | undefined) {
    this.input = input
    if (state) this.change(state)
  }

  /** False until the first activity has answered. Nothing is started before. */
  get isOpen(): boolean {
    return this.#state !== undefined
  }

  /** The state of a batch that is open. */
  get state(): BatchState {
    return this.#state as BatchState
  }

  progress(): BatchProgress {
    return progressOf(this.state, this.input, Date.now())
  }

  change(next: BatchState): void {
    if (this.#state === next) return
    if (this.#state) countItems(this.#state.counts, next.counts)
    this.#state = next
    this.#pin(() => batchDetails(this.progress()))
  }

  /** Takes the signal of a run that has ended. */
  itemEnded(payload: unknown): void {
    const said = asItemEnded(payload, batchWorkOf(this.input))
    if (!said || !this.isOpen) return
    const at = Date.now()
    if (this.#call) this.#call = withEarly(this.#call, said, { state: this.state, at })
    this.change(withSaid(this.state, said, { at, input: this.input }))
  }

  /** Starts items. A run may end before the call that starts it does. */
  async start(
    call: Pick<StartCall, 'since' | 'FileIds'>,
    starting: () => Promise<StartResults>,
  ): Promise<void> {
    this.#call = { ...call, early: [] }
    const started = await starting()
    const { early } = this.#call
    this.#call = undefined
    this.change(withStarted(this.state, started, { at: Date.now(), input: this.input, early }))
  }
}
