import { counted } from '../../../contract/counted.js'
import { worstFirst } from '../../../contract/moderation.js'
import type { CaseFile, RunFile } from '../caseFile.js'
import { mediaKindOf, webAddress } from '../media.js'
import { batchSection } from './batch.js'
import { callsSection } from './calls.js'
import { type Html, html, inline } from './html.js'
import { moderationSection } from './moderation.js'
import { outputsSection } from './outputs.js'
import { policyOf } from './policy.js'
import { problemsSection } from './problems.js'
import { script } from './script.js'
import { stepsSection } from './steps.js'
import { style } from './style.js'
import { timelineSection } from './timeline.js'
import { dateAndClock, durationText, fact, pill, verdictPill } from './words.js'

/** Returns the case file as one HTML page. It needs no other files except copies of outputs. */
export function pageOf(file: CaseFile): string {
  const { id, madeAt, vodflow, runs, omitted } = file
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyOf({ style, script, loadsMedia: loadsMedia(file) })}">
<title>${id}: ${runs[0] ? statusOf(runs[0]) : 'no run'}</title>
${inline('style', style)}
${inline('script', script)}
<header><h1>${id}</h1>
<p class="sub">Case file of vodflow ${vodflow}, created at ${dateAndClock(madeAt)}. The same data as JSON: <a href="report.json">report.json</a>. Times of day are UTC.</p></header>
${runs.length > 1 && overview(runs)}
${omitted > 0 && html`<p>${counted(omitted, 'older run is', 'older runs are')} not included.</p>`}
<main>${runs.map((run, index) => section(run, index + 1, madeAt))}</main>
</html>
`.text
}

/** A report whose pictures, sound and videos all have copies loads nothing from another place. */
function loadsMedia({ runs }: CaseFile): boolean {
  const files = runs.flatMap(({ outputs }) => outputs.flatMap((output) => output.files))
  const isLoaded = (url: string) => mediaKindOf(url) !== undefined && webAddress(url) !== undefined
  return files.some(({ url, copy }) => copy === undefined && isLoaded(url))
}

function overview(runs: readonly RunFile[]): Html {
  return html`<nav><ol class="runs">${runs.map(
    (run, index) => html`<li><a href="#run-${index + 1}">${run.workflowId}</a> ${statusPill(run)}
<span class="sub">${dateAndClock(run.startedAt)}</span>${run.problems.length > 0 && html` <span class="problem">${counted(run.problems.length, 'problem')}</span>`}`,
  )}</ol></nav>`
}

function section(run: RunFile, number: number, madeAt: string): Html {
  return html`<section class="run" id="run-${number}">
<h2>${run.type} <span class="status">${statusPill(run)}</span></h2>
<p class="reason">${run.outcome?.reason}</p>
${keyFacts(run, madeAt)}
${problemsSection(run)}
${batchSection(run.batch)}
${timelineSection(run, madeAt)}
${outputsSection(run, number)}
${moderationSection(run, number)}
${stepsSection(run)}
<h3>For support</h3>
${callsSection(run)}
${details(run)}
</section>`
}

function statusOf({ outcome, status }: RunFile): string {
  return outcome?.status ?? status
}

/** A workflow can complete although something in it went wrong. */
function statusPill(run: RunFile): Html {
  const isMixed = run.status === 'completed' && run.problems.length > 0
  return pill(statusOf(run), isMixed ? 'wait' : undefined)
}

function keyFacts(
  { workflowId, startedAt, closedAt, outputs, tasks, verdicts, batch }: RunFile,
  madeAt: string,
): Html {
  const [worst] = worstFirst(verdicts)
  const took = durationText(Date.parse(closedAt ?? madeAt) - Date.parse(startedAt))
  const made = outputs.filter(({ status }) => status === 'made').length
  return html`<dl class="key">${fact('Workflow', html`<code>${workflowId}</code>`)}
${fact('Started', dateAndClock(startedAt))}${fact('Took', closedAt === undefined ? `${took} so far` : took)}
${outputs.length > 0 && fact('Outputs', `${made} of ${outputs.length}`)}
${batch?.counts && fact('Items', `${batch.counts.ended.succeeded ?? 0} of ${batch.total ?? batch.counts.read} succeeded`)}
${tasks.length > 0 && fact('Tasks', `${tasks.length}`)}
${worst && fact('Moderation', verdictPill(worst))}</dl>`
}

/** The JSON next to the page has the full values. */
const maxValue = 20_000

/** Shows how the run was started and what it returned, folded. */
function details({ runId, uiUrl, startedBy, closedAt, reason, input, result }: RunFile): Html {
  // An argument can be undefined, which is no JSON.
  const json = (value: unknown) =>
    html`<pre>${String(JSON.stringify(value, null, 2)).slice(0, maxValue)}</pre>`
  return html`<details class="details"><summary>Start, input and result</summary><dl class="facts">
${fact('Run', uiUrl ? html`<a href="${uiUrl}"><code>${runId}</code></a>` : html`<code>${runId}</code>`)}
${fact('Started by', startedBy)}${closedAt !== undefined && fact('Ended', dateAndClock(closedAt))}
${reason !== undefined && fact('Run again', reason)}</dl>
${input.map((argument, index) => html`<h4>${input.length === 1 ? 'Input' : `Input ${index + 1}`}</h4>${json(argument)}`)}
${result !== undefined && html`<h4>Result</h4>${json(result)}`}</details>`
}
