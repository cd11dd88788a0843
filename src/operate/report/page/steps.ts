import { counted } from '../../../contract/counted.js'
import type { RunFile, SubmissionFile } from '../caseFile.js'
import { whyOf } from '../outputs.js'
import type { ShownTask } from '../schemas.js'
import { type Html, html } from './html.js'
import { type Step, stepsOf } from './stepsOf.js'
import { clock, fact, pill, typeName } from './words.js'

/** Shows each step with its sub-tasks. What only support needs is folded. */
export function stepsSection(run: RunFile): Html | undefined {
  const steps = stepsOf(run)
  if (steps.length === 0) return undefined
  return html`<h3>Steps</h3>${!run.outcome && run.closedAt === undefined && html`<p class="sub">As of the last read.</p>`}
<ol class="steps">${steps.map(stepItem)}</ol>`
}

function stepItem({ action, status, submissions, tasks }: Step): Html {
  const parts = tasks.flatMap((task) => task.parts)
  return html`<li><h4>${action} ${pill(status)}</h4>
<ul class="parts">${parts.map(
    (part) =>
      html`<li class="${part.status}">${typeName(part)}${part.status !== 'succeeded' && html` <span class="problem">${whyOf(part)}</span>`}`,
  )}</ul>
<details><summary>${counted(submissions.length, 'submission')} and ${counted(tasks.length, 'task')}, with SessionId and RequestId</summary>
${submissions.map(submissionFacts)}${tasks.map(taskFacts)}</details></li>`
}

function submissionFacts({
  attempt,
  key,
  at,
  sends,
  cameTo,
  SessionId,
  requestId,
  TaskIds,
}: SubmissionFile): Html {
  return html`<dl class="facts">${fact('Attempt', html`${attempt}, ${cameTo}, sent ${sends === 1 ? 'once' : `${sends} times`} from ${clock(at)}`)}
${fact('Step', html`<code>${key}</code>`)}${fact('SessionId', html`<code>${SessionId}</code>`)}
${fact('RequestId', html`<code>${requestId}</code>`)}
${fact('Tasks', html`${TaskIds.map((TaskId) => html`<div><code>${TaskId}</code></div>`)}`)}</dl>`
}

function taskFacts({ TaskId, TaskType, FileId, Status, percent, CreateTime, FinishTime }: ShownTask): Html {
  return html`<dl class="facts">${fact('Task', html`<code>${TaskId}</code>`)}
${fact('Type', `${TaskType}, ${Status} ${percent} %`)}${fact('Media', html`<code>${FileId}</code>`)}
${fact('Time', [CreateTime, FinishTime].filter(Boolean).join(' to '))}</dl>`
}
