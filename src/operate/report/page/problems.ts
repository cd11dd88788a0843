import { shellWord } from '../../../client/shellWord.js'
import { counted } from '../../../contract/counted.js'
import type { GateView } from '../../../contract/gates.js'
import { failureTypes } from '../../../contract/mediaFailure.js'
import { isTerminal } from '../../../contract/outcome.js'
import { runType, stepTypes } from '../../../contract/runNames.js'
import type { RunFile, RunProblem } from '../caseFile.js'
import { commandText } from '../commandText.js'
import { type Html, html } from './html.js'
import { dateAndClock } from './words.js'

/** Number of problems that are not folded. */
const maxOpen = 10

/** Shows what went wrong, and commands that help. */
export function problemsSection(run: RunFile): Html {
  const { problems } = run
  const rest = problems.slice(maxOpen)
  return html`${
    problems.length > 0 &&
    html`<section class="problems"><h3>${counted(problems.length, 'problem')}</h3>
<ul>${problems.slice(0, maxOpen).map(problemItem)}</ul>
${rest.length > 0 && html`<details><summary>${rest.length} more</summary><ul>${rest.map(problemItem)}</ul></details>`}</section>`
  }${gatesOf(run).map(gateSection)}${nextSteps(run)}`
}

type WaitingGate = Pick<GateView, 'gate' | 'runId'> & Partial<GateView>

/** Returns the gates that wait for a person. Without an answer of the worker, the history has their names. */
function gatesOf({ status, gates, moments, runId }: RunFile): readonly WaitingGate[] {
  if (status !== 'running') return []
  if (gates) return gates
  const names = moments.flatMap((each) =>
    each.kind === 'wait' && each.state === 'open' && each.gate !== undefined ? [each.gate] : [],
  )
  return [...new Set(names)].map((gate) => ({ gate, runId }))
}

function gateSection({ gate, subject, onDeadline, deadline }: WaitingGate): Html {
  return html`<section class="next"><h3>Waits for a person at the gate "${gate}"</h3>
${deadline !== undefined && html`<p>${onDeadline} automatically at ${dateAndClock(deadline)}</p>`}
${subject !== undefined && subject !== null && html`<pre>${String(JSON.stringify(subject, null, 2))}</pre>`}</section>`
}

function problemItem({ what, why, remedy, TaskId, requestId }: RunProblem): Html {
  // The message of a VOD error contains the remedy.
  const isSaid = remedy === undefined || why.includes(remedy)
  return html`<li><strong>${what}</strong> ${why}${!isSaid && html`<div>${remedy}</div>`}
${(TaskId ?? requestId) !== undefined && html`<div class="sub">${TaskId !== undefined && html`task <code>${TaskId}</code> `}${requestId !== undefined && html`RequestId <code>${requestId}</code>`}</div>`}</li>`
}

function nextSteps(run: RunFile): Html | undefined {
  const lines = linesOf(run)
  if (lines.length === 0) return undefined
  return html`<section class="next"><h3>Next steps</h3><ul>${lines.map(
    ({ when, command }) => html`<li>${when}: <code>${command}</code>`,
  )}</ul></section>`
}

/** Returns the tasks that had not ended when a run stopped waiting. */
function openTasks({ tasks, submissions }: RunFile): readonly string[] {
  const ended = tasks.filter(({ Status }) => isTerminal(Status)).map(({ TaskId }) => TaskId)
  const made = [
    ...tasks.flatMap(({ TaskId }) => TaskId ?? []),
    ...submissions.flatMap((each) => each.TaskIds),
  ]
  return [...new Set(made)].filter((TaskId) => !ended.includes(TaskId))
}

function linesOf(run: RunFile) {
  const { status, outcome, failure, type, workflowId, neverBegan } = run
  const of = (name: string, options?: string) => commandText(name, workflowId, options)
  if (status === 'running')
    return [
      ...gatesOf(run).flatMap(({ gate, runId }) => {
        const which = `--gate ${shellWord(gate)} --run ${shellWord(runId)} --reason "..."`
        return [
          { when: `Approve at the gate "${gate}"`, command: of('approve', which) },
          { when: `Reject at the gate "${gate}"`, command: of('reject', which) },
        ]
      }),
      { when: 'Watch its progress', command: of('watch') },
      { when: 'End it, and abort the tasks that have not started', command: of('cancel') },
    ]
  if (outcome?.status === 'detached' || failure?.type === failureTypes.detached)
    return openTasks(run).map((TaskId) => ({
      when: 'Wait for its task',
      command: commandText('adopt', TaskId),
    }))
  if (!stepTypes.includes(type) || outcome?.status === 'succeeded') return []
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
