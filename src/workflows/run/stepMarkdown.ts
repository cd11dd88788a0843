import { link, quoted, said } from '../../contract/markdown.js'
import { outcomeModerationText } from '../../contract/moderation.js'
import type { EndedBy, Outcome, TaskPart } from '../../contract/outcome.js'
import { fatesText, phaseText, type RunProgress, waitText } from '../../contract/progress.js'

/** Returns the Markdown of a step for the Temporal UI. */
export function detailsOf(progress: RunProgress): string {
  const { phase, attempt, percent, tasks, nets, outcome, canceled } = progress
  const wait = waitText(progress)
  const again = attempt > 1 ? `, attempt ${attempt}` : ''
  const asked = Object.entries(nets).map(([net, count]) => timesOf(net as EndedBy, count))
  const paragraphs = [
    outcome
      ? `**${outcome.status}**: ${said(outcome.reason)}`
      : `**${phaseText[phase]}**, ${percent} %${again}`,
    listed('Tasks', tasks.map(taskLine)),
    ...(outcome ? partsOf(outcome) : []),
    ...(asked.length > 0 ? [`Reads were triggered by ${asked.join(', ')}.`] : []),
    ...(wait === undefined ? [] : [sentence(wait)]),
    ...(canceled ? [sentence(fatesText(canceled, quoted))] : []),
  ]
  return paragraphs.filter((text) => text !== '').join('\n\n')
}

/** Ids and error codes do not break, so a table of them is wider than its half of the page. A list wraps. */
function taskLine({ TaskId, TaskType, Status, percent, problem }: RunProgress['tasks'][number]): string {
  const type = TaskType ? said(TaskType) : 'task of unknown type'
  const why = problem === undefined ? '' : `; at the last read, it ${problem}`
  return `- ${type} ${said(Status)} ${percent} % ${TaskId ? quoted(TaskId) : 'of unknown id'}${why}`
}

function partsOf(outcome: Outcome): string[] {
  const { tasks, attempts, endedBy } = outcome
  const moderation = outcomeModerationText(outcome)
  const parts = tasks.flatMap((task) => task.parts)
  return [
    listed('Sub-tasks', parts.map(partLine)),
    moderation === undefined ? '' : `Moderation: **${said(moderation)}**`,
    attempts.length > 1 || attempts.some(({ recovered }) => recovered)
      ? listed('Attempts', attempts.map(attemptLine))
      : '',
    endedBy ? `Ended by ${words[endedBy]}.` : '',
  ]
}

function partLine({ Type, Definition, status, ErrCodeExt, Message, urls }: TaskPart): string {
  const problem = said([ErrCodeExt, Message].filter(Boolean).join(': '))
  const name = said(Definition === undefined ? Type : `${Type} ${Definition}`)
  const links = urls.map((url, index) => link(url, `${index + 1}`)).join(' ')
  return `- ${name} ${status}${problem === '' ? '' : `: ${problem}`}${links === '' ? '' : `, outputs ${links}`}`
}

function attemptLine({ attempt, action, TaskIds, recovered, status }: Outcome['attempts'][number]): string {
  const found = recovered ? ' (found after a lost response)' : ''
  return `- attempt ${attempt} ${action} ${status}${found}: ${TaskIds.map(quoted).join(', ')}`
}

const words: Readonly<Record<EndedBy, string>> = {
  push: 'a pushed event',
  pull: 'a pulled event',
  sweep: 'the sweep',
  look: 'a scheduled look',
  search: 'the search after a lost response',
  dispute: 'a second read, because a task flow and the task that started it disagreed',
  poll: 'polling',
}

function timesOf(net: EndedBy, count: number): string {
  return count === 1 ? words[net] : `${words[net]} (${count} times)`
}

function listed(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n\n${lines.join('\n')}`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
