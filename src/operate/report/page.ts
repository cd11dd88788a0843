import { runType, stepTypes } from '../../contract/runNames.js'
import { hour, minute } from '../../contract/time.js'
import type { CallMoment, CaseFile, Moment, OutputFile, RunFile, VerdictRow } from './caseFile.js'
import { commandText } from './commandText.js'
import { type Html, html } from './html.js'
import { mediaKindOf, webAddress } from './media.js'
import type { ShownOutcome, ShownTask } from './schemas.js'

/** A policy that runs no script and loads only pictures, sound and videos, even if a history contains hostile text. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src file: http: https:; media-src file: http: https:"

/** Returns the case file as one HTML page. It needs no other files except copies of outputs. */
export function pageOf({ id, madeAt, vodflow, runs, omitted }: CaseFile): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${id}: ${runs[0] ? statusOf(runs[0]) : 'no run'}</title>
${style}
<h1>${id}</h1>
<p class="sub">Case file of vodflow ${vodflow}, created at ${madeAt}. The same data as JSON: <a href="report.json">report.json</a>.</p>
${runs.length > 1 && overview(runs)}
${omitted > 0 && html`<p>${omitted} older runs are not included.</p>`}
${runs.map(section)}
</html>
`.text
}

function overview(runs: readonly RunFile[]): Html {
  return html`<table><tr><th>Run<th>Workflow<th>Started<th>Result</tr>
${runs.map(
  (run, index) => html`<tr><td><a href="#run-${index + 1}">${index + 1}</a><td><code>${run.workflowId}</code>
<td>${run.startedAt}<td>${pill(statusOf(run))}</tr>`,
)}</table>`
}

function section(run: RunFile, index: number): Html {
  const { outcome, tasks, submissions, outputs, result, failure } = run
  return html`<section class="run" id="run-${index + 1}">
<h2>${run.workflowId} <span class="status">${pill(statusOf(run))}</span></h2>
<p class="reason">${outcome?.reason}${failure && html`<span class="problem">${failure.message}</span>`}</p>
<table class="facts">
${fact('Workflow type', run.type)}
${fact('Run', run.uiUrl ? html`<a href="${run.uiUrl}"><code>${run.runId}</code></a>` : html`<code>${run.runId}</code>`)}
${fact('Started', `${run.startedAt} by ${run.startedBy}`)}
${run.closedAt !== undefined && fact('Ended', run.closedAt)}
${run.reason !== undefined && fact('Run again', run.reason)}
${run.input.map((argument, index) => fact(run.input.length === 1 ? 'Input' : `Input ${index + 1}`, html`<code>${JSON.stringify(argument)}</code>`))}
</table>
${whatNext(run)}
${moderationOf(run)}
${outputs.length > 0 && html`<h3>Outputs</h3>${mediaSheet(outputs)}${outputTable(outputs)}`}
${submissions.length > 0 && submissionTable(run)}
${tasks.length > 0 && taskTable(tasks, outcome)}
${result !== undefined && html`<h3>Result</h3><pre>${JSON.stringify(result, null, 2).slice(0, maxResult)}</pre>`}
${timeline(run)}
</section>`
}

/** The JSON next to the page has the full result. */
const maxResult = 20_000

function statusOf({ outcome, status }: RunFile): string {
  return outcome?.status ?? status
}

function pill(status: string): Html {
  return html`<span class="pill ${status}">${status}</span>`
}

function fact(name: string, value: string | Html): Html {
  return html`<tr><th>${name}<td>${value}</tr>`
}

/** Shows the overall verdict, VOD's verdict on each task, and the decisions of people. */
function moderationOf({ outcome, verdicts, moments }: RunFile): Html | undefined {
  const decisions = moments.filter((moment) => moment.kind === 'decision')
  if (verdicts.length === 0 && decisions.length === 0) return undefined
  return html`<h3>Moderation</h3>
${outcome?.moderation && html`<p class="moderation">${pill(outcome.moderation.Suggestion)} ${outcome.moderation.Label}</p>`}
${verdicts.map(verdictLine)}${decisions.map(
  ({ at, what, decision }) => html`<p class="moderation">${pill(decision)} ${what}, at ${at}</p>`,
)}`
}

function verdictLine({ TaskId, FileId, of, Suggestion, Label, segments }: VerdictRow): Html {
  return html`<p class="verdict">${of}: ${Suggestion === undefined ? 'no verdict' : pill(Suggestion)} ${Label}
<span class="sub">${FileId && html`media <code>${FileId}</code>, `}task <code>${TaskId}</code></span></p>
${
  segments.length > 0 &&
  html`<ul>${segments.map(
    (s) =>
      html`<li>${s.StartTimeOffset} to ${s.EndTimeOffset} s: ${s.Suggestion} ${s.Label} (${s.Confidence}) ${s.Text}`,
  )}</ul>`
}`
}

function submissionTable({ submissions }: RunFile): Html {
  return html`<h3>Submissions</h3><table class="submissions">
<tr><th>Attempt<th>Action<th>Result<th>SessionId<th>Tasks<th>RequestId<th>Sent</tr>
${submissions.map(
  (each) => html`<tr><td>${each.attempt}<td>${each.action}<div class="sub">${each.key}</div><td>${each.cameTo}
<td><code>${each.SessionId}</code><td>${each.TaskIds.map((TaskId) => html`<div><code>${TaskId}</code></div>`)}
<td><code>${each.requestId}</code><td>${each.sends === 1 ? 'once' : `${each.sends} times`} from ${each.at}</tr>`,
)}</table>`
}

function taskTable(tasks: readonly ShownTask[], outcome: ShownOutcome | undefined): Html {
  return html`<h3>Tasks</h3>${!outcome && html`<p class="sub">As of the last read.</p>`}<table class="tasks">
<tr><th>Task<th>Sub-task<th>Status<th>Problem</tr>
${tasks.map(
  ({
    TaskId,
    TaskType,
    Status,
    percent,
    CreateTime,
    FinishTime,
    parts,
  }) => html`<tr><td><code>${TaskId}</code>
<div class="sub">${[CreateTime, FinishTime].filter(Boolean).join(' to ')}</div><td>${TaskType}<td>${Status} ${percent} %<td></tr>
${parts.map(
  (
    part,
  ) => html`<tr class="${part.status === 'failed' ? 'problem' : ''}"><td><td>${part.Type} ${part.Definition}<td>${part.status}
<td>${[part.ErrCodeExt, part.Message].filter(Boolean).join(': ')}</tr>`,
)}`,
)}</table>`
}

/** The style of the page, inline so that it loads nothing. */
const style = html`<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; --line: #8883; --dim: #8889;
  --good: #1a7f37; --bad: #cf222e; --wait: #9a6700; --calm: #57606a }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: 0; overflow-wrap: anywhere } h2 { margin: 2.5rem 0 .3rem; overflow-wrap: anywhere } h3 { margin: 1.6rem 0 .4rem }
.pill { display: inline-block; padding: 0 .7rem; border-radius: 1rem; color: #fff; background: var(--calm);
  font-size: 1rem; font-weight: 600; vertical-align: middle }
.succeeded, .pass, .completed { background: var(--good) } .failed, .block, .aborted, .terminated, .timed { background: var(--bad) }
.partial, .review, .unknown, .running { background: var(--wait) }
.run { border-top: 2px solid var(--line); margin-top: 2rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid var(--line) }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } th { font-weight: 600 }
table.facts th { width: 10rem; white-space: nowrap; font-weight: normal; opacity: .75 }
code, pre { font-size: .86em; overflow-wrap: anywhere } pre { white-space: pre-wrap; background: var(--line); padding: .8rem; border-radius: 6px }
.sheet { display: flex; flex-wrap: wrap; gap: .6rem } figure { margin: 0; max-width: 100% } figcaption { font-size: .8em; opacity: .75 }
.sheet img, .sheet video { height: 11rem; max-width: 100%; object-fit: contain; background: #0002; border-radius: 6px }
.sheet video { height: 20rem }
.sub { font-size: .86em; opacity: .8 } .problem td, .problem { color: var(--bad) }
tr.hint td:nth-child(3), tr.decision td:nth-child(3) { font-weight: 600 }
</style>`

/** Shows commands that help with a run that has not succeeded. */
function whatNext(run: RunFile): Html | undefined {
  const lines = linesOf(run)
  if (lines.length === 0) return undefined
  return html`<h3>Next steps</h3><ul class="next">${lines.map(
    ({ when, command }) => html`<li>${when}: <code>${command}</code>`,
  )}</ul>`
}

function linesOf({ status, outcome, type, workflowId, tasks, neverBegan }: RunFile) {
  const of = (name: string, options?: string) => commandText(name, workflowId, options)
  if (status === 'running')
    return [
      { when: 'Watch its progress', command: of('watch') },
      { when: 'End it, and abort the tasks that have not started', command: of('cancel') },
    ]
  if (!stepTypes.includes(type) || outcome?.status === 'succeeded') return []
  if (outcome?.status === 'detached')
    return tasks.flatMap(({ TaskId }) =>
      TaskId === undefined ? [] : [{ when: 'Wait for its task', command: commandText('adopt', TaskId) }],
    )
  const retry = {
    when: 'Wait for the same tasks again, which is never billed again',
    command: of('retry', '--reason "..."'),
  }
  const rerun = {
    when: 'Run it again: VOD makes new tasks, and bills them',
    command: of('rerun', '--reason "..."'),
  }
  const mayHaveTasks = !neverBegan && (outcome === undefined || outcome.status === 'unknown')
  return [...(mayHaveTasks ? [retry] : []), ...(type === runType ? [rerun] : [])]
}

/** Number of lines at each end of a long history that the page shows. The JSON next to the page has all lines. */
const shownAtEachEnd = 300

function timeline({ moments, startedAt, events }: RunFile): Html {
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

function callDetails({ why, attempts, tookMs, state, failure }: CallMoment): Html {
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
  const said = { open: 'still waiting', over: 'elapsed', canceled: 'no longer needed' }[state]
  return html`<div class="sub">until ${until} at most: ${said}</div>`
}

function after(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms < 2 * hour ? `${(ms / minute).toFixed(1)} min` : `${(ms / hour).toFixed(1)} h`
}

/** Maximum number of outputs in the sheet. The table has all. */
const maxShown = 60

/** Shows the outputs that a browser can show or play. */
function mediaSheet(outputs: readonly OutputFile[]): Html {
  const shown = outputs.flatMap((output) => elementOf(output) ?? []).slice(0, maxShown)
  return html`<div class="sheet">${shown}</div>`
}

function elementOf(output: OutputFile): Html | undefined {
  const source = output.copy ?? webAddress(output.url)?.href
  if (source === undefined) return undefined
  const caption = html`<figcaption>${output.Type} ${output.Definition}</figcaption>`
  switch (mediaKindOf(output.url)) {
    case 'picture':
      return html`<figure><img src="${source}" alt="${output.Type}" loading="lazy">${caption}</figure>`
    case 'video':
      return html`<figure><video controls preload="metadata" src="${source}"></video>${caption}</figure>`
    case 'sound':
      return html`<figure><audio controls preload="metadata" src="${source}"></audio>${caption}</figure>`
    default:
      return undefined
  }
}

function outputTable(outputs: readonly OutputFile[]): Html {
  return html`<details><summary>${outputs.length} addresses</summary><table class="outputs"><tr><th>Output<th>Address</tr>
${outputs.map(
  (output) => html`<tr><td>${output.Type} ${output.Definition}<td>${addressOf(output)}
${problemOf(output)}</tr>`,
)}</table></details>`
}

function problemOf({ copy, copyProblem }: OutputFile): Html | undefined {
  if (copyProblem === undefined) return undefined
  const kept = copy === undefined ? '' : '; the copy is from an earlier report'
  return html`<div class="problem">not copied: ${copyProblem}${kept}</div>`
}

function addressOf({ url, copy }: OutputFile): Html {
  const target = copy ?? webAddress(url)?.href
  return target === undefined ? html`<code>${url}</code>` : html`<a href="${target}"><code>${url}</code></a>`
}
