import {
  ApplicationFailure,
  defineSignal,
  executeChild,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import {
  composeMedia,
  editMedia,
  type Outcome,
  processMedia,
  processMediaByProcedure,
  pullUpload,
  reviewAudioVideo,
  type StepInput,
  splitMedia,
} from 'vodflow/workflows'

/*
 * Workflows of a user that await one step: in them, or as a child. Told to, they fail once, and their retry policy runs them again.
 */

const steps = {
  composeMedia,
  editMedia,
  processMedia,
  processMediaByProcedure,
  pullUpload,
  reviewAudioVideo,
  splitMedia,
}

export interface HostInput {
  readonly step: keyof typeof steps
  readonly input: StepInput
  /** Workflow id of the child. */
  readonly childId?: string
  /** Fails after its step. */
  readonly failsAfter?: boolean
}

const fail = defineSignal('explore.fail')

export async function inline(host: HostInput): Promise<Outcome> {
  return once(host, () => (steps[host.step] as (input: StepInput) => Promise<Outcome>)(host.input))
}

export async function parent(host: HostInput): Promise<Outcome> {
  const { step, input, childId } = host
  const named = childId === undefined ? {} : { workflowId: childId }
  return once(host, () => executeChild(step, { taskQueue: 'vodflow', args: [input], ...named }))
}

/** The first attempt fails where it shall. */
async function once({ failsAfter }: HostInput, run: () => Promise<Outcome>): Promise<Outcome> {
  const isFirst = workflowInfo().attempt === 1
  const failure = () => ApplicationFailure.retryable('told to fail once')
  const failed = new Promise<never>((_, reject) => {
    setHandler(fail, () => {
      if (isFirst) reject(failure())
    })
  })
  failed.catch(() => {})
  const outcome = await Promise.race([run(), failed])
  if (failsAfter && isFirst) throw failure()
  return outcome
}
