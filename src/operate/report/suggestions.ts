import { runType, stepTypes } from '../../contract/runNames.js'
import type { RunFile } from './caseFile.js'
import { commandText } from './commandText.js'
import { type Html, html } from './html.js'

/** What can be done about a run that is not well, as commands. */
export function whatNext(run: RunFile): Html | undefined {
  const lines = linesOf(run)
  if (lines.length === 0) return undefined
  return html`<h3>What can be done</h3><ul class="next">${lines.map(
    ({ when, command }) => html`<li>${when}: <code>${command}</code>`,
  )}</ul>`
}

function linesOf({ status, outcome, type, workflowId, tasks, neverBegan }: RunFile) {
  const of = (name: string, options?: string) => commandText(name, workflowId, options)
  if (status === 'running')
    return [
      { when: 'See how it goes on', command: of('watch') },
      { when: 'Abort what has not begun, and end it', command: of('cancel') },
    ]
  if (!stepTypes.includes(type) || outcome?.status === 'succeeded') return []
  if (outcome?.status === 'detached')
    return tasks.map(({ TaskId }) => ({
      when: 'Wait for its task after all',
      command: commandText('adopt', TaskId),
    }))
  const retry = {
    when: 'Wait for the same tasks once more: never paid again',
    command: of('retry', '--reason "..."'),
  }
  const rerun = {
    when: 'Do it once more: VOD makes new tasks, and bills them',
    command: of('rerun', '--reason "..."'),
  }
  const mayHaveTasks = !neverBegan && (outcome === undefined || outcome.status === 'unknown')
  return [...(mayHaveTasks ? [retry] : []), ...(type === runType ? [rerun] : [])]
}
