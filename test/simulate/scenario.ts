import { randomFrom } from '../../src/emulator/faults.js'
import type { Switches } from '../../src/emulator/switches.js'

const minute = 60_000
export const hour = 60 * minute

/** Days of one seed: a few jobs, what VOD is like, and when it is out of reach. */
export interface Scenario {
  readonly seed: number
  readonly jobs: readonly SimulatedJob[]
  readonly switches: Partial<Switches>
  /** Hours in which VOD answers nothing but errors. */
  readonly outages: readonly { readonly from: number; readonly until: number }[]
  readonly sweep: boolean
  /** Of every event. */
  readonly eventFaults: {
    readonly drop: number
    readonly double: number
    readonly delay: number
    readonly delayMs: number
  }
  /** Of every call. */
  readonly callFaults: { readonly loseReply: number; readonly error: number }
}

export interface SimulatedJob {
  readonly number: number
  readonly ProcedureName: 'one' | 'two'
  /** When it is started, ms from the beginning. */
  readonly startsAt: number
  /** How long VOD leaves it waiting, and works on it, ms. */
  readonly takes: number
  readonly cancelAt: number | undefined
  readonly detachAt: number | undefined
}

export function scenarioOf(seed: number): Scenario {
  const random = randomFrom(seed)
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T
  const upTo = (ms: number) => Math.floor(random() * ms)
  const sometimes = (probability: number, ms: number) => (random() < probability ? upTo(ms) : undefined)
  // One duration for all tasks of a seed: the local VOD's toolbox has one.
  const takes = pick(upTo(minute), upTo(hour), upTo(12 * hour), upTo(70 * hour), 60 * hour + upTo(20 * hour))
  return {
    seed,
    switches: {
      dedupBeforeValidation: pick(true, false),
      failedValidationUsesSessionId: pick(true, false),
      listingLagMs: pick(0, 30_000, 60_000),
      reviewListingLagMs: pick(0, 60_000),
      reviewWithoutSessionId: pick(true, false),
      reviewWithoutFinishTime: pick(true, false),
      oldTaskCode: pick('InvalidParameterValue.TaskId', 'ResourceNotFound'),
      detailLagMs: pick(0, 2_000, 10_000),
      abortWithoutEvent: pick(true, false),
    },
    outages: Array.from({ length: pick(0, 0, 1, 2, 3) }, () => {
      const from = upTo(pick(hour, 24 * hour, 80 * hour))
      return { from, until: from + upTo(pick(10 * minute, 10 * minute, hour, hour, 3 * hour, 12 * hour)) }
    }),
    sweep: random() < 0.5,
    eventFaults: {
      drop: pick(0, 0.3, 1),
      double: pick(0, 0.3),
      delay: pick(0, 0.3),
      delayMs: upTo(pick(minute, 10 * hour)),
    },
    callFaults: { loseReply: pick(0, 0.1, 0.3), error: pick(0, 0.1, 0.3) },
    jobs: Array.from({ length: 1 + upTo(3) }, (_, number) => ({
      number,
      ProcedureName: pick('one', 'two'),
      startsAt: upTo(pick(1, hour, 24 * hour)),
      takes,
      cancelAt: sometimes(0.1, 2 * takes + minute),
      detachAt: sometimes(0.05, 2 * takes + minute),
    })),
  }
}
