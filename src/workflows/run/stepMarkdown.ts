import { cell, link, quoted, said } from '../../contract/markdown.js'
import { outcomeModerationText } from '../../contract/moderation.js'
import type { EndedBy, Outcome } from '../../contract/outcome.js'
import type { CancelSummary, RunProgress } from '../../contract/progress.js'

/** Returns the Markdown of a step for the Temporal UI. */
export function detailsOf(progress: RunProgress): string {
  const { phase, attempt, percent, tasks, nets, nextLook, overdueSince, outcome, cancelled } = progress
  const again = attempt > 1 ? `, attempt ${attempt}` : ''
  const asked = Object.entries(nets).map(([net, count]) => timesOf(net as EndedBy, count))
  const paragraphs = [
    outcome ? `**${outcome.status}**: ${said(outcome.reason)}` : `**${phase}**, ${percent} %${again}`,
    table(
      ['task', 'type', 'status', '%'],
      tasks.map((task) => [
        cell(task.TaskId ?? '', quoted),
        cell(task.TaskType ?? ''),
        cell(task.Status),
        `${task.percent}`,
      ]),
    ),
    ...(outcome ? partsOf(outcome) : []),
    ...(asked.length > 0 ? [`Reads were triggered by ${asked.join(', ')}.`] : []),
    ...(overdueSince ? [`**Overdue since ${overdueSince}**: VOD shows a task for 72 hours.`] : []),
    ...(nextLook ? [`Next look at ${nextLook}, or as soon as an event arrives.`] : []),
    ...(cancelled ? [cancelledText(cancelled)] : []),
  ]
  return paragraphs.filter((text) => text !== '').join('\n\n')
}

function partsOf(outcome: Outcome): string[] {
  const { tasks, attempts, endedBy } = outcome
  const moderation = outcomeModerationText(outcome)
  const parts = tasks.flatMap((task) => task.parts)
  const rows = parts.map(({ Type, Definition, status, ErrCodeExt, Message, urls }) => [
    cell(Definition === undefined ? Type : `${Type} ${Definition}`),
    status,
    cell([ErrCodeExt, Message].filter(Boolean).join(': ')),
    urls.map((url, index) => link(url, `${index + 1}`)).join(' '),
  ])
  return [
    table(['sub-task', 'status', 'problem', 'outputs'], rows),
    moderation === undefined ? '' : `Moderation: **${said(moderation)}**`,
    attempts.length > 1 || attempts.some(({ recovered }) => recovered)
      ? table(
          ['attempt', 'action', 'tasks', 'status'],
          attempts.map(({ attempt, action, TaskIds, recovered, status }) => [
            `${attempt}`,
            `${action}${recovered ? ', found again after a lost answer' : ''}`,
            TaskIds.map((id) => cell(id, quoted)).join(', '),
            status,
          ]),
        )
      : '',
    endedBy ? `Its end was noticed by ${words[endedBy]}.` : '',
  ]
}

const words: Readonly<Record<EndedBy, string>> = {
  push: 'a pushed event',
  pull: 'a pulled event',
  sweep: 'the sweep',
  look: 'a scheduled look',
  search: 'the search after a lost answer',
  poll: 'polling',
}

function timesOf(net: EndedBy, count: number): string {
  return count === 1 ? words[net] : `${words[net]} (${count} times)`
}

function cancelledText({ stopped, left, ended }: CancelSummary): string {
  return `Canceled. Stopped: ${list(stopped)}. Still running: ${list(left)}. Had ended: ${list(ended)}.`
}

function list(ids: readonly string[]): string {
  return ids.length === 0 ? 'nothing' : ids.map(quoted).join(', ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
