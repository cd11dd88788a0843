import { type EventLogger, totalLogger } from './logger.js'
import { seldom } from './seldom.js'
import type { Web } from './web.js'

/** The result of a request. */
export type PushVerdict =
  | 'delivered'
  | 'noRun'
  | 'crowded'
  | 'foreign'
  | 'forged'
  | 'badSign'
  | 'unparsable'
  | 'brokenOff'
  | 'tooLarge'
  | 'tooSlow'
  | 'alreadyRead'
  | 'failed'
  | 'badMethod'
  | 'unavailable'
  | 'overloaded'

/** HTTP status, text for the sender, and whether the result is expected. */
const answers = {
  delivered: [200, 'delivered', true],
  noRun: [200, 'no run waits for this event', true],
  crowded: [200, 'this step gets too many events; it reads its tasks within minutes', false],
  foreign: [200, 'not an event of this system', true],
  forged: [403, 'the token of this event is invalid', false],
  badSign: [403, 'the Sign of this event is missing, wrong or expired', false],
  unparsable: [400, 'the body is not JSON', false],
  brokenOff: [400, 'the body broke off', false],
  tooLarge: [413, 'the body is too large for an event of VOD', false],
  tooSlow: [408, 'the body did not arrive in time', false],
  alreadyRead: [500, 'the body has already been read; mount the push handler before any body parser', false],
  failed: [500, 'the event could not be handled because of an unexpected error', false],
  badMethod: [405, 'send events by POST', false],
  unavailable: [503, 'the event cannot be stored now; send it again', false],
  overloaded: [503, 'too many events wait to be stored; send it again', false],
} as const satisfies Record<PushVerdict, readonly [status: number, text: string, quiet: boolean]>

/**
 * Counts of requests since the start, by result. `badSign` includes events with a valid token, which are delivered
 * anyway. `notPassedOn` counts foreign events for which `onOther` or `forwardTo` failed, or took longer than a minute.
 */
export type PushCounts = Readonly<Record<PushVerdict | 'notPassedOn', number>>

/** Answers requests, and counts and logs the answers. */
export class Verdicts {
  readonly #logger: EventLogger | undefined
  readonly #counts: Record<PushVerdict | 'notPassedOn', number>
  readonly #Response: Web['Response']
  readonly #warn: Partial<Record<PushVerdict, (problem: unknown) => void>> = {
    alreadyRead: seldom(() => process.emitWarning(answers.alreadyRead[1])),
    failed: seldom((_, problem) => process.emitWarning(`${answers.failed[1]} (${problem})`)),
  }

  constructor(logger: EventLogger | undefined, { Response }: Pick<Web, 'Response'>) {
    this.#logger = totalLogger(logger)
    this.#Response = Response
    const names = [...Object.keys(answers), 'notPassedOn']
    this.#counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<
      PushVerdict | 'notPassedOn',
      number
    >
  }

  answer(
    verdict: PushVerdict,
    fields: { readonly problem?: string; readonly [name: string]: unknown } = {},
  ): Response {
    const [status, text, quiet] = answers[verdict]
    this.#counts[verdict]++
    this.#logger?.[quiet ? 'info' : 'warn']({ verdict, ...fields }, text)
    // No event is accepted then, and without a logger nothing else would report it.
    if (!this.#logger) this.#warn[verdict]?.(fields.problem)
    const allow = status === 405 ? { allow: 'POST' } : {}
    return new this.#Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain', ...allow } })
  }

  /** Counts and logs a problem that does not change the answer. */
  note(what: 'badSign' | 'notPassedOn', fields: object, message: string): void {
    this.#counts[what]++
    this.#logger?.warn({ verdict: what, ...fields }, message)
  }

  counts(): PushCounts {
    return { ...this.#counts }
  }
}
