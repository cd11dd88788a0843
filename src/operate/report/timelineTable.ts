import { hour, minute } from '../../contract/time.js'
import type { Call, Moment, RunFile } from './caseFile.js'
import { type Html, html } from './html.js'

/** Of a long history the beginning and the end are shown; all of it is in the JSON beside the page. */
const shownAtEachEnd = 300

export function timeline({ moments, startedAt, events }: RunFile): Html {
  const began = Date.parse(startedAt)
  const cut = moments.length > 2 * shownAtEachEnd
  const head = cut ? moments.slice(0, shownAtEachEnd) : moments
  const tail = cut ? moments.slice(-shownAtEachEnd) : []
  const row = (moment: Moment) => line(moment, began)
  return html`<h3>Timeline</h3><table class="timeline"><tr><th>At<th>After<th>What<th>RequestId<th>Event</tr>
${head.map(row)}
${cut && html`<tr><td colspan="5">${moments.length - 2 * shownAtEachEnd} more are in report.json</tr>`}
${tail.map(row)}</table><p class="sub">${events} events in Temporal's history.</p>`
}

function line(moment: Moment, began: number): Html {
  const problem =
    moment.kind === 'problem' ||
    (moment.kind === 'call' && moment.state === 'failed' && !moment.failure?.benign)
  return html`<tr class="${moment.kind} ${problem && 'problem'}"><td class="n">${moment.at}<td class="n">${after(Date.parse(moment.at) - began)}
<td>${moment.what}${moment.kind === 'call' ? callDetails(moment) : moment.kind === 'wait' && waitDetails(moment)}
<td>${moment.kind === 'call' && html`<code>${moment.requestId}</code>`}<td class="n">${moment.eventId}</tr>`
}

function callDetails({ why, attempts, tookMs, state, failure }: Call): Html {
  const facts = [
    why,
    tookMs === undefined ? '' : `took ${after(tookMs)}`,
    attempts > 1 ? `tried ${attempts} times` : '',
    state === 'answered' && failure ? `before that: ${failure.message}` : '',
    failure?.remedy ?? '',
  ]
  return html`<div class="sub">${facts.filter((fact) => fact !== '').join(' · ')}</div>`
}

function waitDetails({ until, state }: Extract<Moment, { kind: 'wait' }>): Html {
  const said = { open: 'still waiting', over: 'its time came', canceled: 'not needed any more' }[state]
  return html`<div class="sub">until ${until} at most: ${said}</div>`
}

function after(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms < 2 * hour ? `${(ms / minute).toFixed(1)} min` : `${(ms / hour).toFixed(1)} h`
}
