import type { Outcome } from '../client/index.js'
import { counted } from '../contract/counted.js'
import { outcomeModerationText } from '../contract/moderation.js'
import { stepTypes } from '../contract/runNames.js'
import { commandText } from '../operate/report/commandText.js'
import { type Line, laidOut } from './layout.js'

/** The value that a run returned: the outcome of a run of one step, else the result of its workflow. */
export type ReturnValue = { readonly outcome: Outcome } | { readonly result: unknown }

/**
 * Tells the outcome of a run of one step, which `result()` of the client has checked, from the result of a user's own workflow, which may be
 * any value, even one that only looks like an outcome.
 */
export function returnedBy(type: string, value: unknown): ReturnValue {
  return stepTypes.includes(type) ? { outcome: value as Outcome } : { result: value ?? null }
}

/** Returns true for a workflow that completed, and for a run of one step that succeeded. */
export function isGood(returned: ReturnValue): boolean {
  return !('outcome' in returned) || returned.outcome.status === 'succeeded'
}

/** Returns the end of a run as lines for a terminal or a pipe. */
export function returnedText(
  returned: ReturnValue,
  { workflowId, urls = false }: OutcomeView,
  columns?: number,
): string[] {
  if ('outcome' in returned) return laidOut([outcomeLine(returned.outcome, { workflowId, urls })], columns)
  return resultText(returned.result)
}

export function resultText(result: unknown): string[] {
  if (result === null) return ['completed, without a result']
  return ['completed, with the result', ...valueLines(result).map((line) => `  ${line}`)]
}

/** Returns a value of JSON as lines for a person: a member or an item on each. */
export function valueLines(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${value}`]
  const isList = Array.isArray(value)
  const members = Object.entries(value).filter(([, each]) => each !== undefined)
  if (members.length === 0) return [isList ? 'none' : '{}']
  return members.flatMap(([name, each]) => {
    const [first = '', ...more] = valueLines(each)
    if (isList) return [`- ${first}`, ...more.map((line) => `  ${line}`)]
    const isOne = typeof each !== 'object' || each === null || Object.keys(each).length === 0
    return isOne ? [`${name}: ${first}`] : [`${name}:`, ...[first, ...more].map((line) => `  ${line}`)]
  })
}

interface OutcomeView {
  readonly workflowId: string
  /** Lists the URLs of the outputs. A template may have dozens, each longer than a line. */
  readonly urls?: boolean
}

/** Returns an outcome with its sub-tasks. */
export function outcomeLine(outcome: Outcome, { workflowId, urls = false }: OutcomeView): Line {
  const { status, reason, tasks, attempts, endedBy } = outcome
  const parts = tasks.flatMap((task) => task.parts)
  const moderation = outcomeModerationText(outcome)
  const hasUrls = parts.some((part) => part.urls.length > 0)
  return {
    text: `${status}: ${reason}`,
    under: [
      ...parts.map(({ Type, Definition, status: how, ErrCodeExt, Message, urls: outputs }) => ({
        text: [
          `${Type}${Definition === undefined ? '' : ` ${Definition}`}`.padEnd(30),
          ...[how, ErrCodeExt, Message, outputsText(outputs.length)].filter(Boolean),
        ].join('  '),
        under: urls ? outputs.map((url) => ({ text: url })) : [],
      })),
      ...(hasUrls && !urls ? [{ text: `for the URLs: ${commandText('status', workflowId, '--urls')}` }] : []),
      ...(moderation === undefined ? [] : [{ text: `moderation ${moderation}` }]),
      ...attempts.map(({ attempt, action, TaskIds, recovered }) => ({
        text: `attempt ${attempt} ${action} ${TaskIds.join(', ')}${recovered ? ' (found after a lost response)' : ''}`,
      })),
      ...(endedBy ? [{ text: `ended by ${endedBy}` }] : []),
    ],
  }
}

function outputsText(count: number): string {
  if (count === 0) return ''
  return counted(count, 'output')
}
