import type { Outcome } from '../../src/contract/outcome.js'
import type { RunInput } from '../../src/contract/stepInput.js'
import { adoptTask, processMediaByProcedure } from '../../src/workflows/index.js'

/* Workflows as users write them, which say nothing of what shall happen when media do not succeed. */

export async function publish(input: RunInput): Promise<string> {
  await processMediaByProcedure(input)
  return 'published'
}

export async function publishAll(inputs: readonly RunInput[]): Promise<string> {
  await Promise.all(inputs.map((input) => processMediaByProcedure(input)))
  return 'published'
}

export async function takeOver(TaskId: string): Promise<string> {
  await adoptTask({ TaskId })
  return 'published'
}

export async function judge(input: RunInput): Promise<Outcome['status']> {
  const { status } = await processMediaByProcedure({ ...input, onFailure: 'return' })
  return status
}
