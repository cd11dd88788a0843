import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { EmulatorClock } from '../../src/emulator/clock.js'

/**
 * One time for all: Temporal's test server skips it, and this process' `Date.now` and the local VOD's clock follow.
 * Only `advance` moves it, and never while anything is under way.
 */
export class SimulatedTime {
  readonly #environment: TestWorkflowEnvironment
  readonly #realNow = Date.now
  #offset = 0

  constructor(environment: TestWorkflowEnvironment) {
    this.#environment = environment
    Date.now = () => this.#realNow() + this.#offset
  }

  /** What has become due is done at once. */
  async follow(clock: EmulatorClock): Promise<void> {
    const now = await this.#environment.currentTimeMs()
    this.#offset = now - this.#realNow()
    clock.advance(0)
  }

  async advance(ms: number, clock: EmulatorClock): Promise<void> {
    await this.#environment.sleep(ms)
    await this.follow(clock)
  }

  /** For what does not follow the simulated time. */
  real(): number {
    return this.#realNow()
  }

  restore(): void {
    Date.now = this.#realNow
  }
}
