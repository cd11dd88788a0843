import { HandlerUnfinishedPolicy } from '@temporalio/common'
import {
  ApplicationFailure,
  CancellationScope,
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
import { decideInput } from '../../contract/inputs.js'
import { refuse, requireValid } from '../refuse.js'
import { pinSection } from '../run/currentDetails.js'
import { gateDetails } from './details.js'

/** The open and decided gates of this run. Each workflow has its own module state. */
const gates: Gate[] = []

const decide = defineUpdate<GateDecision, [unknown]>(decideUpdate)
const list = defineQuery<readonly GateView[]>(gatesQuery)

/** A gate of a running workflow. */
export class Gate {
  #view: GateView
  readonly #pin: ReturnType<typeof pinSection>
  /** The scope in which it was opened. */
  readonly scope = CancellationScope.current()

  constructor(view: GateView) {
    this.#view = view
    this.#pin = pinSection(this.name)
    gates.push(this)
    this.change({})
  }

  get view(): GateView {
    return this.#view
  }

  get name(): string {
    return `review gate ${this.#view.gate}`
  }

  get decision(): GateDecision | undefined {
    return this.#view.decision
  }

  /** @throws ApplicationFailure that shows how the gate was decided. */
  refuseIfClosed(): void {
    const { gate, status } = this.#view
    if (this.decision) throw alreadyDecided(this.decision)
    if (status === 'canceled') {
      throw ApplicationFailure.nonRetryable(
        `gate "${gate}" was canceled: the workflow no longer waits for it`,
        'Canceled',
      )
    }
  }

  /** Without a worker, the timer of the deadline may not have fired yet. @throws ApplicationFailure that names the deadline. */
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
    this.#pin(() => gateDetails(this.#view))
  }

  /** Closes the gate because its workflow no longer waits. */
  cancel(): void {
    this.change({ status: 'canceled' })
  }

  /** Decides the gate. The first decision stands. */
  decide(decision: GateDecision): GateDecision {
    this.refuseIfClosed()
    this.change({ status: decision.decision, decision })
    return decision
  }
}

/** Sets the handlers. It must run before any code of a workflow, because Temporal refuses an update that arrives before its handler. */
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
      description: 'Approve or reject at a review gate.',
      // A decision for a gate that is never reached ends with its run.
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

export function pendingGates(): readonly Gate[] {
  return gates.filter(({ view }) => view.status === 'open')
}

/** A decision that the validator refuses adds nothing to the history. */
function validate(given: unknown): void {
  requireValid(given, decideInput)
  const { gate, runId } = given as DecideOptions
  if (runId !== undefined && isOfAnotherRun(runId))
    throw refuse('runId', 'is not the id of this run', 'pass the runId of the gate that the person has seen')
  const isNew = !mayBeDeliveredAgain(runId)
  if (isGateTaken(gate) || isNew || early >= maxEarly) find(gate).refuseIfClosed()
  if (isNew) find(gate).refuseIfLate()
}

/** The largest number of decisions that wait for their gates. Temporal accepts 10 pending updates of a run; open gates need the others. */
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
 * Returns true if a decision is for another run. After a reset, a decision for the run before is for this one too. A reset delivers only
 * decisions of the run that it resets and of later ones, so none for the runs before `continueAsNew` that Temporal names.
 */
function isOfAnotherRun(madeFor: string): boolean {
  const { runId, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo()
  if (runId === firstExecutionRunId) return madeFor !== runId
  if (continuedFromExecutionRunId === undefined) return false
  return madeFor === continuedFromExecutionRunId || madeFor === firstExecutionRunId
}

/**
 * Returns true if Temporal may be delivering the decision again after a reset. It does so before the code reaches the gates, so such a
 * decision waits for its gate. A decision for this run is about a gate that a person has seen, and a decision for a run before
 * `continueAsNew` is about another film. A decision without a run waits only if nothing but a reset can have started this run.
 */
function mayBeDeliveredAgain(madeFor: string | undefined): boolean {
  const { runId, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo()
  if (runId === firstExecutionRunId) return false
  return madeFor === undefined ? continuedFromExecutionRunId === undefined : madeFor !== runId
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
