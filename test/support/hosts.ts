import { continueAsNew, executeChild } from '@temporalio/workflow'
import type { Outcome } from '../../src/contract/outcome.js'
import type { StepInput } from '../../src/contract/stepInput.js'
import { steps } from './everyStep.js'

export * from './pipeline.js'

/*
 * Workflows of a user that await one step, in each way in which a workflow can.
 */

export interface HostInput {
  readonly step: keyof typeof steps
  readonly input: StepInput
}

export function inline({ step, input }: HostInput): Promise<Outcome> {
  return (steps[step] as (input: StepInput) => Promise<Outcome>)(input)
}

export function parent({ step, input }: HostInput): Promise<Outcome> {
  return executeChild(step, { taskQueue: 'vodflow', args: [input] })
}

/** The same request in each of so many runs, one after the other. */
export async function rounds(
  host: HostInput,
  left: number,
  earlier: readonly Outcome[] = [],
): Promise<readonly Outcome[]> {
  const outcomes = [...earlier, await inline(host)]
  return left > 1 ? continueAsNew<typeof rounds>(host, left - 1, outcomes) : outcomes
}
