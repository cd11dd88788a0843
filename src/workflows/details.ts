import type { Progress } from './progress.js'

/** A step in the Temporal UI, as Markdown. */
export function detailsOf(progress: Progress): string {
  const { phase, percent, tasks, nextLook, overdueSince, outcome, cancelled } = progress
  return [
    `**${phase}**, ${percent} %`,
    ...(tasks.length > 0 ? ['| task | type | status | % |\n|---|---|---|---|'] : []),
    ...tasks.map((task) => `| \`${task.TaskId}\` | ${task.TaskType} | ${task.Status} | ${task.percent} |`),
    ...(overdueSince ? [`\n**Overdue since ${overdueSince}**: VOD shows a task for 72 hours.`] : []),
    ...(nextLook ? [`\nNext look at ${nextLook}, or as soon as an event comes.`] : []),
    ...(outcome ? [`\n**${outcome.status}**: ${outcome.reason}`] : []),
    ...(outcome?.moderation
      ? [`\nModeration: **${outcome.moderation.Suggestion}** ${outcome.moderation.Label}`]
      : []),
    ...(outcome?.tasks ?? []).flatMap(({ parts }) =>
      parts.flatMap(({ Type, urls }) => urls.slice(0, 1).map((url) => `\n- ${Type}: ${url}`)),
    ),
    ...(cancelled
      ? [
          `\nCancelled. Stopped: ${list(cancelled.stopped)}. Goes on: ${list(cancelled.left)}. Had ended: ${list(cancelled.ended)}.`,
        ]
      : []),
  ].join('\n')
}

function list(ids: readonly string[]): string {
  return ids.length === 0 ? 'nothing' : ids.map((id) => `\`${id}\``).join(', ')
}
