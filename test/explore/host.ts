import { setMaxListeners } from 'node:events'
import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client'
import type { ApplicationFailure } from '@temporalio/common'
import type { Outcome } from 'vodflow'
import { type Case, type Host, isChild } from './dimensions.js'
import type { Reported } from './judge.js'
import { stepKinds } from './kinds.js'
import { childIn, type Execution, isClosed, Operator } from './operator.js'
import { userQueue } from './rig.js'
import { limitMs, Missed, TooLate, until } from './until.js'

/** One case's workflows on Temporal. */
export class Hosted {
  readonly operator: Operator
  readonly #client: Client
  readonly #host: Host
  readonly #workflowId: string

  constructor(client: Client, host: Host, workflowId: string) {
    this.#client = client
    this.#host = host
    this.#workflowId = workflowId
    this.operator = new Operator(client)
  }

  get #childId(): string {
    return `${this.#workflowId}/child`
  }

  /** Starts the step where the case has it. */
  async start({ kind, disturbance }: Case, input: object): Promise<void> {
    const { step } = stepKinds[kind]
    const workflowId = this.#workflowId
    const { workflow } = this.#client
    if (this.#host === 'name') {
      await workflow.start(step, { taskQueue: 'vodflow', workflowId, args: [input] })
      return
    }
    const retries = disturbance.do === 'retry'
    await workflow.start(isChild(this.#host) ? 'parent' : 'inline', {
      taskQueue: userQueue,
      workflowId,
      args: [
        {
          step,
          input,
          ...(this.#host === 'child-id' ? { childId: this.#childId } : {}),
          ...(retries && disturbance.moment === 'ended' ? { failsAfter: true } : {}),
        },
      ],
      // A child that is still being terminated makes the second attempt fail, too.
      ...(retries ? { retry: { initialInterval: 1_000, maximumAttempts: 5 } } : {}),
    })
  }

  /** The current run of what was started. */
  top(): Promise<Execution> {
    return this.operator.currentRun(this.#workflowId)
  }

  /** The current run that has the step. */
  async step(): Promise<Execution> {
    if (!isChild(this.#host)) return this.top()
    if (this.#host === 'child-id') return until('the child', () => this.operator.findRun(this.#childId))
    const { workflowId } = await until('the child', async () =>
      childIn(await this.operator.history(await this.top())),
    )
    return this.operator.currentRun(workflowId)
  }

  /** Until the step waits for its tasks, or its run has ended. */
  async untilWaiting(): Promise<Execution> {
    const step = await this.step()
    await until('a step that waits', async () => {
      const history = await this.operator.history(step)
      return isClosed(history) || history.some((event) => event.timerStartedEventAttributes) || undefined
    })
    return step
  }

  /** Until a run of the parent has a child, or has ended without. */
  async untilChild(parent: Execution): Promise<void> {
    await until('a child of the parent', async () => {
      const history = await this.operator.history(parent)
      return isClosed(history) || childIn(history) || undefined
    })
  }

  /** Another run than this one. */
  async untilNextRun({ runId }: Execution): Promise<Execution> {
    return until('the next run', async () => {
      const top = await this.top()
      return top.runId === runId ? undefined : top
    })
  }

  /** Makes the user's workflow fail. @throws Missed when it has ended. */
  async fail(): Promise<void> {
    try {
      await this.operator.signal({ workflowId: this.#workflowId, runId: '' }, 'explore.fail')
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw new Missed('the workflow had ended')
      throw error
    }
  }

  /** What it leaves undone is nobody's business any more. */
  async terminate(): Promise<void> {
    await this.#client.workflow
      .getHandle(this.#workflowId)
      .terminate()
      .catch(() => {})
  }

  /** How the current run of what was started ends. */
  reported(): Promise<Reported> {
    return this.#reportedBy(this.#workflowId)
  }

  /** How the current run of the step ends. */
  async reportedByStep(): Promise<Reported> {
    return this.#reportedBy((await this.step()).workflowId)
  }

  async #reportedBy(workflowId: string): Promise<Reported> {
    const limit = AbortSignal.timeout(limitMs)
    // Each long poll of one result listens.
    setMaxListeners(0, limit)
    try {
      const handle = this.#client.workflow.getHandle<() => Promise<Outcome>>(workflowId)
      return { outcome: await this.#client.withAbortSignal(limit, () => handle.result()) }
    } catch (error) {
      if (limit.aborted) throw new TooLate(`the end of ${workflowId}: not within ${limitMs / 1_000} s`)
      if (error instanceof WorkflowFailedError) return reportedIn(error)
      throw error
    }
  }
}

/** A step may fail its workflow with the outcome as a detail. Else the cause of the causes says why it failed. */
function reportedIn(error: unknown): Reported {
  const { cause, details, message, type } = Object(error) as Partial<ApplicationFailure>
  const [outcome] = (details ?? []) as Partial<Outcome>[]
  if (outcome?.status !== undefined && outcome.attempts) return { outcome: outcome as Outcome }
  if (cause instanceof Error) return reportedIn(cause)
  return { failure: type ? `${type}: ${message}` : String(message) }
}
