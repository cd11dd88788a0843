import { defineQuery, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow'
import { asHint, type Hint, hintSignal } from '../vod/hint.js'
import { type Progress, progressQuery } from './progress.js'

/**
 * The one place where a workflow takes hints and answers about its steps. Module state is a workflow's own:
 * Temporal evaluates modules anew for each.
 */
interface OpenStep {
  readonly key: string
  readonly attempt: number
  onHint?: (hint: Hint) => void
  progress?: Progress
}

const steps: OpenStep[] = []
const unclaimed: Hint[] = []

/** Hints kept for steps that have not begun: after a reset, signals come before the code that waits for them. */
const maxUnclaimed = 100

const hint = defineSignal<[unknown]>(hintSignal)
const progress = defineQuery<Progress | undefined, [string?]>(progressQuery)

/** Must be called before the first await of a workflow: a signal that nobody handles may be seen as foreign. */
export function openInbox(): void {
  setHandler(hint, takeHint, { description: 'Look at a task now. Believed by nobody: the task is read.' })
  setHandler(
    progress,
    (key) => (key === undefined ? steps[0] : steps.find((step) => step.key === key))?.progress,
    {
      description: 'Progress of a step, by its key; without a key, of the first one.',
    },
  )
}

export function isTaken(key: string): boolean {
  return steps.some((step) => step.key === key)
}

/** Adds a step. Hints for its key and attempt go to `onHint` from now on. */
export function openStep(
  key: string,
  attempt: number,
): { listen(onHint: (hint: Hint) => void): void; show(progress: Progress): void } {
  const step: OpenStep = { key, attempt }
  steps.push(step)
  return {
    listen(onHint) {
      step.onHint = onHint
      for (const early of unclaimed.splice(0)) takeHint(early)
    },
    show(progress) {
      step.progress = progress
    },
  }
}

function takeHint(payload: unknown): void {
  const hint = asHint(payload)
  if (!hint || hint.chain !== workflowInfo().firstExecutionRunId) return
  const step = steps.find(({ key, attempt }) => key === hint.key && attempt === hint.attempt)
  if (step?.onHint) step.onHint(hint)
  else if (unclaimed.length < maxUnclaimed) unclaimed.push(hint)
}
