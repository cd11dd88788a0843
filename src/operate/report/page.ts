import type { CaseFile, RunFile, Verdict } from './caseFile.js'
import { mediaSheet, outputTable } from './gallery.js'
import { type Html, html } from './html.js'
import type { ShownOutcome, ShownTask } from './schemas.js'
import { style } from './style.js'
import { whatNext } from './suggestions.js'
import { timeline } from './timelineTable.js'

/** Nothing is run and nothing but pictures, sound and videos is loaded, whatever stands in a history. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src file: http: https:; media-src file: http: https:"

/** The case file as one page that needs nothing beside it but copies of outputs. */
export function pageOf({ id, madeAt, vodflow, runs, omitted }: CaseFile): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${id}: ${runs[0] ? statusOf(runs[0]) : 'no run'}</title>
${style}
<h1>${id}</h1>
<p class="sub">Case file of vodflow ${vodflow}, made at ${madeAt}. The same as data: <a href="report.json">report.json</a>.</p>
${runs.length > 1 && overview(runs)}
${omitted > 0 && html`<p>${omitted} older runs are not in it.</p>`}
${runs.map(section)}
</html>
`.text
}

function overview(runs: readonly RunFile[]): Html {
  return html`<table><tr><th>Run<th>Workflow<th>Started<th>Came to</tr>
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

/** The whole is in the JSON beside the page. */
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

/** What it comes to, what VOD said of each task, and what people decided because of it. */
function moderationOf({ outcome, verdicts, moments }: RunFile): Html | undefined {
  const decisions = moments.filter((moment) => moment.kind === 'decision')
  if (verdicts.length === 0 && decisions.length === 0) return undefined
  return html`<h3>Moderation</h3>
${outcome?.moderation && html`<p class="moderation">${pill(outcome.moderation.Suggestion)} ${outcome.moderation.Label}</p>`}
${verdicts.map(verdictLine)}${decisions.map(
  ({ at, what, decision }) => html`<p class="moderation">${pill(decision)} ${what}, at ${at}</p>`,
)}`
}

function verdictLine({ TaskId, FileId, of, Suggestion, Label, segments }: Verdict): Html {
  return html`<p class="verdict">${of}: ${Suggestion === '' ? 'no verdict' : pill(Suggestion)} ${Label}
<span class="sub">media <code>${FileId}</code>, task <code>${TaskId}</code></span></p>
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
<tr><th>Attempt<th>Action<th>Came to<th>SessionId<th>Tasks<th>RequestId<th>Sent</tr>
${submissions.map(
  (each) => html`<tr><td>${each.attempt}<td>${each.action}<div class="sub">${each.key}</div><td>${each.cameTo}
<td><code>${each.SessionId}</code><td>${each.TaskIds.map((TaskId) => html`<div><code>${TaskId}</code></div>`)}
<td><code>${each.requestId}</code><td>${each.sends === 1 ? 'once' : `${each.sends} times`} from ${each.at}</tr>`,
)}</table>`
}

function taskTable(tasks: readonly ShownTask[], outcome: ShownOutcome | undefined): Html {
  return html`<h3>Tasks</h3>${!outcome && html`<p class="sub">As they were read last.</p>`}<table class="tasks">
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
<div class="sub">${CreateTime} to ${FinishTime}</div><td>${TaskType}<td>${Status} ${percent} %<td></tr>
${parts.map(
  (
    part,
  ) => html`<tr class="${part.status === 'failed' ? 'problem' : ''}"><td><td>${part.Type} ${part.Definition}<td>${part.status}
<td>${[part.ErrCodeExt, part.Message].filter((text) => text !== '').join(': ')}</tr>`,
)}`,
)}</table>`
}
