import { condition, log, workflowInfo } from '@temporalio/workflow'
import { msOf } from '../../contract/duration.js'
import { deadlineSummary, type GateDecision, type GateView, reminderSummary } from '../../contract/gates.js'
import { filled } from '../../contract/json.js'
import { moderationText, suggestionOf, worstOf } from '../../contract/moderation.js'
import type { ModerationResult } from '../../contract/outcome.js'
import { hour } from '../../contract/time.js'
import { refuse } from '../refuse.js'
import { asCallback } from '../run/inbox.js'
import { refusedHere } from '../run/readOnly.js'
import { evidenceOf } from './evidence.js'
import { Gate, isGateTaken } from './gates.js'
import { checkGateInput, defaultDeadline, type GateEvent, type ReviewGateInput } from './input.js'
import { askPolicy } from './policy.js'

/**
 * Holds a pipeline until content is approved or rejected. If the policy returns `block`, or `pass` for at least one verdict, the gate
 * decides immediately. Otherwise it waits until a person decides with the update `vodflow.decide` (`decide` of the client) or its deadline
 * is reached. The first decision stands. The result and the history show who decided, when and why.
 *
 * @throws ApplicationFailure of type `InvalidInput` if another gate of this run has the same name, if the input is invalid, or if the policy
 *   returns something that is not a verdict.
 */
export async function reviewGate(input: ReviewGateInput): Promise<GateDecision> {
  const refused = refusedHere('reviewGate')
  if (refused) return refused
  checkGateInput(input)
  const { gate: name = 'review', moderation, policy = worstSuggestion, onEvent } = input
  if (isGateTaken(name)) {
    throw refuse('gate', `"${name}" is the name of another gate of this run`, 'use another name')
  }
  const said = moderation ? askPolicy(policy, moderation) : 'review'
  // No verdict proves that the content is fine, and a policy that looks at every verdict has seen none.
  const verdict = said === 'pass' && moderation?.verdicts.length === 0 ? 'review' : said
  const gate = new Gate(viewOf(name, input))
  const say = (type: GateEvent['type']) => {
    if (!onEvent) return
    const failed = (error: unknown) =>
      log.warn('the notification of a review gate failed', { gate: name, type, error })
    Promise.resolve()
      .then(() => asCallback(() => onEvent({ type, gate: gate.view })))
      .catch(failed)
  }
  if (verdict !== 'review') {
    const reason = `The policy says ${verdict}, VOD ${moderation ? moderationText(moderation) : ''}`.trim()
    return gate.decide({
      gate: name,
      decision: verdict === 'pass' ? 'approved' : 'rejected',
      decidedBy: 'policy',
      by: 'policy',
      reason,
      decidedAt: now(),
    })
  }
  say('opened')
  await untilDecided(gate, input, say).catch((error) => {
    gate.cancel()
    throw error
  })
  return gate.decision as GateDecision
}

function worstSuggestion(moderation: ModerationResult) {
  return suggestionOf(worstOf(moderation))
}

/** Waits for a decision. Each wait also ends when a reminder, the escalation or the deadline is due. */
async function untilDecided(
  gate: Gate,
  { remindAfter, escalateAfter = 24 * hour, deadline, onDeadline = 'rejected' }: ReviewGateInput,
  say: (type: GateEvent['type']) => void,
): Promise<void> {
  const untilDeadline = msOf(deadline ?? defaultDeadline)
  const reminders = (remindAfter ?? [4, 24, 48].map((hours) => hours * hour)).map((after) => ({
    after: msOf(after),
    what: 'reminder' as const,
  }))
  // Times that were passed are before the deadline. Default times may not be.
  const due = [...reminders, { after: msOf(escalateAfter), what: 'escalated' as const }]
    .filter(({ after }) => after < untilDeadline)
    .sort((one, other) => one.after - other.after)
  const openedAt = Date.parse(gate.view.openedAt)
  const decidedBefore = (after: number, summary: string) =>
    condition(() => gate.decision !== undefined, Math.max(1, openedAt + after - Date.now()), { summary })
  for (const { after, what } of due) {
    if (await decidedBefore(after, reminderSummary(gate.view.gate, what))) return
    if (what === 'reminder') gate.change({ reminders: gate.view.reminders + 1 })
    else gate.change({ escalated: true })
    say(what)
  }
  const atLast = { gate: gate.view.gate, decision: onDeadline }
  if (await decidedBefore(untilDeadline, deadlineSummary(atLast))) return
  const reason = `There was no decision before ${gate.view.deadline}`
  gate.decide({ ...atLast, decidedBy: 'deadline', by: 'deadline', reason, decidedAt: now() })
}

function now(): string {
  return new Date().toISOString()
}

function verdictOf(
  moderation: ModerationResult | undefined,
): Pick<GateView, 'Suggestion' | 'Label' | 'Form'> {
  if (moderation === undefined) return {}
  const { Suggestion, Label, Form } = worstOf(moderation)
  return filled({ Suggestion, Label, Form })
}

function viewOf(
  gate: string,
  { moderation, subject = null, deadline = defaultDeadline, onDeadline = 'rejected' }: ReviewGateInput,
): GateView {
  const openedAt = Date.now()
  return {
    gate,
    runId: workflowInfo().runId,
    status: 'open',
    ...verdictOf(moderation),
    verdicts: (moderation?.verdicts ?? []).map(({ of, Suggestion, Label, Form }) => ({
      of,
      ...filled({ Suggestion, Label, Form }),
    })),
    evidence: evidenceOf(moderation),
    subject,
    openedAt: new Date(openedAt).toISOString(),
    deadline: new Date(openedAt + msOf(deadline)).toISOString(),
    onDeadline,
    reminders: 0,
    escalated: false,
  }
}
