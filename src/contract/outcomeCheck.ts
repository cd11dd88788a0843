import { type AnyCheck, type Check, having, list, number, oneOf, optional, text } from './check.js'
import type {
  ModerationVerdict,
  Outcome,
  OutcomeStatus,
  StepAttempt,
  TaskPart,
  TaskReading,
} from './outcome.js'
import { anyNumberRule, ownTextRule } from './patterns.js'

export const outcomeStatuses: Readonly<Record<OutcomeStatus, true>> = {
  succeeded: true,
  partial: true,
  failed: true,
  aborted: true,
  unknown: true,
  detached: true,
}

const ofAny = { remedy: 'return a list' }
const words = text(ownTextRule)
const maybe = optional(words)
const amount = number(anyNumberRule)

const part: AnyCheck = having<Omit<TaskPart, 'status' | 'Output' | 'Input'> & { readonly status: string }>({
  Type: words,
  status: words,
  Definition: optional(amount),
  ErrCodeExt: maybe,
  Message: maybe,
  urls: list(words, ofAny),
})

type Verdict = Pick<ModerationVerdict, 'of' | 'Suggestion' | 'Label'>
const verdicts = list(having<Verdict>({ of: words, Suggestion: maybe, Label: maybe }), ofAny)

interface Moderation {
  readonly Suggestion: string
  readonly verdicts: readonly Verdict[]
}

type Task = Pick<TaskReading, 'parts' | 'CreateTime'> & { readonly verdicts?: readonly Verdict[] }
type Attempt = Pick<StepAttempt, 'attempt' | 'TaskIds'> & { readonly action: string }

const shape: AnyCheck = having<{
  readonly status: string
  readonly reason: string
  readonly tasks: readonly Task[]
  readonly moderation?: Moderation
  readonly attempts: readonly Attempt[]
  readonly endedBy?: string
}>({
  status: oneOf(Object.keys(outcomeStatuses)),
  reason: words,
  tasks: list(
    having<Task>({
      parts: list<TaskPart>(part, ofAny),
      CreateTime: maybe,
      verdicts: optional(verdicts),
    }),
    ofAny,
  ),
  moderation: optional(having<Moderation>({ Suggestion: words, verdicts })),
  attempts: list(having<Attempt>({ attempt: amount, action: words, TaskIds: list(words, ofAny) }), ofAny),
  endedBy: maybe,
})

/**
 * The check of an outcome, because a worker of others may end a run with any result. It covers what every reader of an outcome needs. A
 * worker of another version may have written the rest.
 */
export const outcomeCheck: Check<Outcome> = shape
