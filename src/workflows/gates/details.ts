import type { GateView } from '../../contract/gates.js'
import { link, said } from '../../contract/markdown.js'
import { verdictText } from '../../contract/moderation.js'

/** Returns the Markdown of a gate for the Temporal UI. */
export function gateDetails(view: GateView): string {
  const { status, Suggestion, Label, Form, verdicts, evidence } = view
  const { deadline, onDeadline, reminders, escalated, decision } = view
  const verdict =
    Suggestion === undefined
      ? 'VOD gave no verdict'
      : `VOD says ${said([Suggestion, Label, Form].filter(Boolean).join(' '))}`
  return [
    status === 'open'
      ? `**waits for a person**: ${verdict}`
      : `**${status}**: ${said(decision?.reason ?? '')}`,
    ...(verdicts.length > 0
      ? [`\nVerdicts: ${verdicts.map((verdict) => said(verdictText(verdict))).join(', ')}.`]
      : []),
    ...(decision ? [`\nDecided by ${said(decision.by)} at ${decision.decidedAt}.`] : []),
    ...(decision ? [] : [`\n${onDeadline} by itself at ${deadline}.`]),
    ...(reminders > 0 ? [`\nReminders: ${reminders}${escalated ? ', escalated' : ''}.`] : []),
    ...evidence.map(
      ({ what, url, expireTime }) =>
        `\n- ${said(what)}: ${link(url, url)}${expireTime ? ` (until ${said(expireTime)})` : ''}`,
    ),
  ].join('\n')
}
