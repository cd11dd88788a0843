import { counted } from '../../../contract/counted.js'
import type { CallMoment, Moment, RunFile } from '../caseFile.js'
import { type Html, html } from './html.js'
import { clock, durationText } from './words.js'

/** Number of lines at each end of a long history that the page shows. The JSON next to the page has all lines. */
const shownAtEachEnd = 300

/** Shows every call with its RequestId, every event, hint and wait, folded. */
export function callsSection(run: RunFile): Html {
  const { moments, events, startedAt } = run
  const calls = moments.filter((moment) => moment.kind === 'call')
  const isNamed = calls.some(({ requestId }) => requestId !== undefined)
  const cut = moments.length - 2 * shownAtEachEnd
  const row = (moment: Moment) => line(moment, run, Date.parse(startedAt))
  return html`<details class="calls"><summary>${counted(calls.length, 'call')}${isNamed && ' with RequestId'}, and ${counted(moments.length - calls.length, 'other event')}</summary>
<ol>${(cut > 0 ? moments.slice(0, shownAtEachEnd) : moments).map(row)}
${cut > 0 && html`<li class="cut">${cut} more are in report.json</li>`}
${cut > 0 && moments.slice(-shownAtEachEnd).map(row)}</ol>
<p class="sub">${counted(events, 'event')} in Temporal's history.</p></details>`
}

function line(moment: Moment, { closedAt }: RunFile, began: number): Html {
  const isFailed = moment.kind === 'call' && moment.state === 'failed' && !moment.failure?.benign
  const tone = moment.kind === 'problem' || isFailed ? 'problem' : ''
  return html`<li class="${tone}">${clock(moment.at)}
<span class="sub">+${durationText(Date.parse(moment.at) - began)}</span><div>${moment.what}
${moment.kind === 'call' ? callDetails(moment) : moment.kind === 'wait' && waitDetails(moment, closedAt !== undefined)}</div>
<span class="sub">event ${moment.eventId}</span></li>`
}

function callDetails({ why, attempts, tookMs, state, failure, requestId }: CallMoment): Html {
  const facts = [
    why,
    tookMs === undefined ? '' : `took ${durationText(tookMs)}`,
    attempts > 1 ? `tried ${attempts} times` : '',
    state === 'answered' && failure ? `before that: ${failure.message}` : '',
    failure?.remedy ?? '',
  ]
  return html`<div class="sub">${facts.filter((fact) => fact !== '').join(' · ')}</div>
${requestId !== undefined && html`<div class="sub">RequestId <code>${requestId}</code></div>`}`
}

function waitDetails({ until, state }: Extract<Moment, { kind: 'wait' }>, isOver: boolean): Html {
  const said = {
    open: isOver ? 'no longer needed' : 'still waiting',
    over: 'elapsed',
    canceled: 'no longer needed',
  }
  return html`<div class="sub">until ${until} at most: ${said[state]}</div>`
}
