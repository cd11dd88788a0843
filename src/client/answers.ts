import { z } from 'zod'
import { type GateDecision, gatesQuery } from '../contract/gates.js'
import { outcomeCheck } from '../contract/outcomeCheck.js'
import { progressQuery, stepsQuery, viewQuery } from '../contract/progress.js'
import { stepTypes } from '../contract/runNames.js'
import { UnreadableError } from './errors.js'

/*
 * The schemas of a run's answers to queries. A workflow that is not vodflow's may answer a query of the same name with anything. Fields
 * that the client does not need are optional, because a run of an older version answers too.
 */

const phase = z.enum(['submitting', 'recovering', 'waiting', 'askingMedia', 'canceling', 'settled'])
const Task = z.looseObject({
  TaskId: z.string().optional(),
  TaskType: z.string().optional(),
  Status: z.string(),
  percent: z.number(),
})
const Ended = z.looseObject({ status: z.string(), reason: z.string() })

const Progress = z.looseObject({
  phase,
  attempt: z.number(),
  percent: z.number(),
  tasks: z.array(Task),
  nextLook: z.string().optional(),
  overdueSince: z.string().optional(),
  outcome: Ended.optional(),
})

const Step = Progress.extend({ key: z.string(), problem: z.string().optional() })

const Decision = z.looseObject({
  decision: z.string(),
  decidedBy: z.enum(['policy', 'person', 'deadline']),
  by: z.string(),
  reason: z.string(),
  decidedAt: z.string(),
})

const Gate = z.looseObject({
  gate: z.string(),
  status: z.enum(['open', 'approved', 'rejected', 'canceled']),
  Suggestion: z.string().optional(),
  Label: z.string().optional(),
  deadline: z.string(),
  onDeadline: z.string(),
  decision: Decision.optional(),
})

const Unread = z.looseObject({
  count: z.number(),
  reason: z.enum(['encrypted', 'unreadable', 'malformed']),
  problem: z.string(),
  remedy: z.string(),
})

/** Returns the answer to a decision as such, or undefined if it is anything else. */
export function asDecision(value: unknown): GateDecision | undefined {
  const { data } = Decision.extend({ gate: z.string() }).safeParse(value)
  return data as GateDecision | undefined
}

const answers: Readonly<Record<string, z.ZodType>> = {
  // A run without a step has no progress yet.
  [progressQuery]: Progress.optional(),
  [stepsQuery]: z.array(Step),
  [viewQuery]: z.looseObject({
    steps: z.array(Step),
    gates: z.array(Gate),
    unread: Unread.optional(),
  }),
  [gatesQuery]: z.array(Gate),
}

/** @throws UnreadableError if the answer does not fit the schema of the query */
export function checkAnswer(workflowId: string, query: string, answer: unknown): void {
  const { error } = answers[query]?.safeParse(answer) ?? {}
  const [issue] = error?.issues ?? []
  if (!issue) return
  const field = issue.path.map(String).join('.') || 'the answer'
  throw new UnreadableError(
    workflowId,
    `its workflow's answer to the query "${query}" does not have vodflow's format (at ${field})`,
    {
      remedy:
        'Rename that query in the workflow, because vodflow reserves names like "vodflow.*", or use the version of vodflow that its worker has.',
    },
  )
}

/**
 * Returns the result of a run. That of a run of one step must be an outcome.
 *
 * @throws UnreadableError if it is not, because a worker of others has ended the run
 */
export function checkedResult<T>(
  { workflowId, type }: { readonly workflowId: string; readonly type: string },
  result: unknown,
): T {
  const [found] = stepTypes.includes(type) ? outcomeCheck(result) : []
  if (found === undefined) return result as T
  const where = found.field === '' ? '' : `${found.field} of `
  throw new UnreadableError(
    workflowId,
    `${where}its result ${found.problem}, so another worker than vodflow's has ended it`,
    {
      remedy: `If "${type}" is a workflow of yours, rename it, because a step of vodflow has that name. Otherwise, pass another workflowId.`,
    },
  )
}
