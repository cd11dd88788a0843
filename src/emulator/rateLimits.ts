import type { EmulatorClock } from './clock.js'
import { ApiError } from './wire/apiError.js'

/** Calls per second that VOD publishes for an action of an account; all other actions have 100. */
const slowActions: Readonly<Record<string, number>> = {
  ManageTask: 20,
  SplitMedia: 20,
  ReviewAudioVideo: 20,
  ModifyEventConfig: 20,
  DescribeEventConfig: 20,
  DescribeSubAppIds: 20,
}

const usual = 100

/** Refuses calls that exceed the rate limit of an action. */
export class RateLimits {
  readonly #clock: EmulatorClock
  readonly #windows = new Map<string, { second: number; calls: number }>()

  constructor(clock: EmulatorClock) {
    this.#clock = clock
  }

  count(action: string): void {
    const limit = slowActions[action] ?? usual
    const second = Math.floor(this.#clock.now() / 1000)
    const window = this.#windows.get(action)
    const calls = window?.second === second ? window.calls + 1 : 1
    this.#windows.set(action, { second, calls })
    if (calls > limit) {
      throw new ApiError(
        'RequestLimitExceeded',
        `Your current request times equals to \`${calls}\` in a second, which exceeds the frequency limit \`${limit}\` for a second. Please reduce the frequency of calls.`,
      )
    }
  }
}
