import { counted } from '../../../contract/counted.js'
import { failureTypes } from '../../../contract/mediaFailure.js'
import { isTerminal } from '../../../contract/outcome.js'
import { runType, stepTypes } from '../../../contract/runNames.js'
import type { RunFile, RunProblem } from '../caseFile.js'
import { commandText } from '../commandText.js'
import { type Html, html } from './html.js'

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
  }${nextSteps(run)}`
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
