import { randomFrom } from '../../src/emulator/faults.js'
import type { EmulatorSwitches } from '../../src/emulator/switches.js'

const minute = 60_000
export const hour = 60 * minute

/** Days of one seed: a few jobs, what VOD is like, and when it is out of reach. */
export interface Scenario {
  readonly seed: number
  readonly jobs: readonly SimulatedJob[]
  readonly switches: Partial<EmulatorSwitches>
  /** A pipeline of a user, with a person in it. */
  readonly pipeline: SimulatedPipeline | undefined
  /** A batch, with its items. */
  readonly batch: SimulatedBatch | undefined
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

export interface SimulatedPipeline {
  readonly startsAt: number
  /** When somebody decides, ms after the gate was reached; `undefined`: nobody does. */
  readonly decidesAfter: number | undefined
  readonly decision: 'approved' | 'rejected'
  /** Of the gate, ms. */
  readonly deadline: number
}

export interface SimulatedBatch {
  readonly startsAt: number
  readonly items: number
  readonly window: number
}

/** Items of a batch that run one after the other at most: each may listen for a week, with a look for silent ones every 15 minutes. */
export const mostInARow = 3

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
      listingLag: pick(0, 30_000, 60_000),
      reviewListingLag: pick(0, 60_000),
      reviewWithoutSessionId: pick(true, false),
      reviewWithoutFinishTime: pick(true, false),
      oldTaskCode: pick('InvalidParameterValue.TaskId', 'ResourceNotFound'),
      detailLag: pick(0, 2_000, 10_000),
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
    pipeline:
      random() < 0.5
        ? {
            startsAt: upTo(hour),
            decidesAfter: sometimes(0.8, 60 * hour),
            decision: pick('approved', 'rejected'),
            deadline: 48 * hour,
          }
        : undefined,
    batch: random() < 0.3 ? batch() : undefined,
    jobs: Array.from({ length: 1 + upTo(3) }, (_, number) => ({
      number,
      ProcedureName: pick('one', 'two'),
      startsAt: upTo(pick(1, hour, 24 * hour)),
      takes,
      cancelAt: sometimes(0.1, 2 * takes + minute),
      detachAt: sometimes(0.05, 2 * takes + minute),
    })),
  }

  function batch(): SimulatedBatch {
    const startsAt = upTo(hour)
    const items = 1 + upTo(12)
    // The window shrinks to 1 where items take days: what is not in the first round goes one by one then.
    return { startsAt, items, window: Math.max(1, items - upTo(mostInARow)) }
  }
}
