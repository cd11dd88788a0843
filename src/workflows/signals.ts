import { HandlerUnfinishedPolicy } from '@temporalio/common'
import { defineSignal, setHandler, type WorkflowInternalsInterceptor } from '@temporalio/workflow'

/*
 * Anybody with access to the namespace can send a signal that no payload converter can read. Temporal's SDK throws then, which fails the
 * workflow task again and again. One of vodflow's names is dropped instead: each says only that something may be looked at.
 */

/** Names of vodflow's signals, updates and queries begin so. */
export function isOurs(name: unknown): boolean {
  return typeof name === 'string' && name.startsWith('vodflow.')
}

/** Temporal takes no more signals of one run. */
const maxSignals = 10_000

/** Takes a signal from now on, and those that came before. */
export function takeSignal(name: string, handler: (payload?: unknown) => void, description: string): void {
  const set = () =>
    setHandler(defineSignal<[unknown?]>(name), handler, {
      description,
      unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
    })
  for (let dropped = 0; dropped < maxSignals; dropped++) {
    try {
      set()
      return
    } catch {
      // The one that cannot be read is no longer kept: the others follow.
    }
  }
  set()
}

type Activate = NonNullable<WorkflowInternalsInterceptor['activate']>
type ActivateInput = Parameters<Activate>[0]
type Job = NonNullable<ActivateInput['activation']['jobs']>[number]

/** In the order in which they came, and each signal of vodflow by itself. */
export function activateApart(input: ActivateInput, next: (input: ActivateInput) => void): void {
  const { activation } = input
  const jobs = activation.jobs ?? []
  if (!jobs.some(isOurSignal)) {
    next(input)
    return
  }
  const run = (some: Job[]) =>
    next({ ...input, activation: { ...activation, jobs: some } as typeof activation })
  // The SDK starts a workflow once its first signals have been given to it.
  const [first] = jobs
  const begin = first?.initializeWorkflow ? first : undefined
  let others: Job[] = []
  for (const job of begin ? jobs.slice(1) : jobs) {
    if (!isOurSignal(job)) {
      others.push(job)
      continue
    }
    if (others.length > 0) run(others)
    others = []
    try {
      run([job])
    } catch {
      // What the workflow itself threw, the SDK keeps and throws again.
    }
  }
  const rest = [...(begin ? [begin] : []), ...others]
  if (rest.length > 0) run(rest)
}

function isOurSignal({ signalWorkflow }: Job): boolean {
  return isOurs(signalWorkflow?.signalName)
}
