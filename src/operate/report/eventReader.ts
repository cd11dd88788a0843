import type { temporal } from '@temporalio/proto'
import type { HistoryEvent } from '../../temporal/historyPages.js'
import type { PayloadReader } from '../../temporal/payloads.js'
import type { GrowingRun } from './runBuilder.js'

type Payloads = temporal.api.common.v1.IPayloads | null | undefined

/** An event, and functions that read it. */
export interface EventContext {
  readonly at: string
  readonly eventId: number
  readonly read: PayloadReader
  /** Reads the first payload. */
  first(payloads: Payloads): Promise<unknown>
  /** Reads the summary that the Temporal UI shows. */
  summary(): Promise<string>
}

/** Adds one type of event to a run. */
export type EventReader<A> = (
  run: GrowingRun,
  attributes: NonNullable<A>,
  context: EventContext,
) => Promise<void> | void

/** Functions that add an event to a run, by the name of its attributes. */
export type EventReaders = {
  readonly [K in keyof HistoryEvent as K extends `${string}Attributes` ? K : never]?: EventReader<
    HistoryEvent[K]
  >
}
