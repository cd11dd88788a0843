import { HandlerUnfinishedPolicy } from '@temporalio/common'
import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import {
  type DecideOptions,
  decideUpdate,
  type GateDecision,
  type GateView,
  gatesQuery,
  howDecided,
} from '../../contract/gates.js'
import { refuse } from '../refuse.js'
import { pinSection } from '../run/currentDetails.js'
import { gateDetails } from './details.js'
import { maxGateName } from './input.js'

/** The gates of this run, open and decided. Module state is a workflow's own. */
const gates: Gate[] = []

const decide = defineUpdate<GateDecision, [unknown]>(decideUpdate)
const list = defineQuery<readonly GateView[]>(gatesQuery)

const maxBy = 200
const maxReason = 2_000

/** A gate while its workflow lives. */
export class Gate {
  #view: GateView
  readonly #pin: (text: string) => void

  constructor(view: GateView) {
    this.#view = view
    this.#pin = pinSection(`review gate ${view.gate}`)
    gates.push(this)
    this.change({})
  }

  get view(): GateView {
    return this.#view
  }

  get decision(): GateDecision | undefined {
    return this.#view.decision
  }

  /** @throws ApplicationFailure that says how it was decided. */
  refuseIfClosed(): void {
    const { gate, status } = this.#view
    if (this.decision) throw alreadyDecided(this.decision)
    if (status === 'cancelled') {
      throw ApplicationFailure.nonRetryable(
        `gate "${gate}" was canceled: the workflow no longer waits for it`,
        'Cancelled',
      )
    }
  }

  /** Its timer may not have fired yet, where no worker was there. @throws ApplicationFailure that names the deadline. */
  refuseIfLate(): void {
    const { gate, deadline, onDeadline } = this.#view
    if (Date.now() < Date.parse(deadline)) return
    throw ApplicationFailure.nonRetryable(
      `gate "${gate}" is ${onDeadline} by its deadline, which was at ${deadline}`,
      'Late',
    )
  }

  change(given: Partial<GateView>): void {
    this.#view = { ...this.#view, ...given }
    this.#pin(gateDetails(this.#view))
  }

  /** Its workflow no longer waits. */
  cancel(): void {
    this.change({ status: 'cancelled' })
  }

  /** The first decision stands. */
  decide(decision: GateDecision): GateDecision {
    this.refuseIfClosed()
    this.change({ status: decision.decision, decision })
    return decision
  }
}

/** Called before any code of a workflow: an update that comes before its handler would be refused in Temporal's words. */
export function openGates(): void {
  setHandler(
    decide,
    async (given) => {
      const { gate, decision, by, reason } = given as DecideOptions
      if (!isGateTaken(gate)) await reached(gate)
      const decidedAt = new Date().toISOString()
      return find(gate).decide({ gate, decision, by, reason, decidedBy: 'person', decidedAt })
    },
    {
      validator: validate,
      description: 'A person approves or rejects what a review gate holds.',
      // A decision that waits for a gate that is never reached ends with its run.
      unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
    },
  )
  setHandler(list, gateViews, {
    description: 'Every review gate, open or decided.',
  })
}

export function gateViews(): readonly GateView[] {
  return gates.map(({ view }) => view)
}

export function isGateTaken(name: string): boolean {
  return gates.some(({ view }) => view.gate === name)
}

export function openGateNames(): string[] {
  return gates.filter(({ view }) => view.status === 'open').map(({ view }) => `review gate ${view.gate}`)
}

/** Refused here, a decision leaves nothing in the history. */
function validate(given: unknown): void {
  const { gate, decision, by, reason, runId } = Object(given) as Record<string, unknown>
  if (typeof gate !== 'string' || gate === '' || gate.length > maxGateName)
    throw refuse('gate', 'is missing', 'give the name of the gate')
  if (decision !== 'approved' && decision !== 'rejected')
    throw refuse('decision', 'is no decision', 'give approved or rejected')
  if (!isText(by, maxBy)) throw refuse('by', `is not 1 to ${maxBy} characters`, 'give who decides')
  if (!isText(reason, maxReason))
    throw refuse('reason', `is not 1 to ${maxReason} characters`, 'give why it is decided so')
  const isNew = !mayBeDeliveredAgain(runId)
  if (isGateTaken(gate) || isNew || early >= maxEarly) find(gate).refuseIfClosed()
  if (isNew) find(gate).refuseIfLate()
}

/** Decisions that wait for their gates at once: Temporal takes 10 updates of a run at once, and some must be left for the gates that are there. */
const maxEarly = 5
let early = 0

async function reached(gate: string): Promise<void> {
  early++
  try {
    await condition(() => isGateTaken(gate))
  } finally {
    early--
  }
}

/**
 * After a reset Temporal delivers the decisions of the earlier run again, before the code that reaches their gates. Only these wait: a
 * decision that was made for this run is about a gate that somebody has seen, and what somebody has seen in a run before `continueAsNew`
 * is another film. A decision that names no run waits only where nothing but a reset can have made this one.
 */
function mayBeDeliveredAgain(madeFor: unknown): boolean {
  const { runId, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo()
  if (runId === firstExecutionRunId) return false
  return madeFor === undefined ? continuedFromExecutionRunId === undefined : madeFor !== runId
}

function isText(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= most
}

function find(name: string): Gate {
  const gate = gates.find(({ view }) => view.gate === name)
  if (gate) return gate
  const known = gates.map(({ view }) => `"${view.gate}"`).join(', ')
  const has = known === '' ? 'no gate has been reached yet' : `it has reached ${known}`
  throw ApplicationFailure.nonRetryable(`gate: this run has no gate "${name}" (${has})`, 'NoSuchGate')
}

function alreadyDecided(earlier: GateDecision): ApplicationFailure {
  const message = `gate "${earlier.gate}" is ${earlier.decision} already, ${howDecided(earlier)}`
  return ApplicationFailure.create({
    message,
    type: 'AlreadyDecided',
    nonRetryable: true,
    details: [earlier],
  })
}
