import { cell, quoted } from '../../contract/markdown.js'
import { version } from '../../contract/version.js'
import type { ProbeReport } from './index.js'
import { questions } from './questions.js'

/** Returns the answers as a Markdown page, for a pull request that documents them. */
export function pageOf({ answers, TaskIds, doubtful }: ProbeReport): string {
  const rows = answers.map(({ id, answer, saw, calls }) => {
    const question = questions.find((each) => each.id === id)
    const requests = calls.map(({ action, requestId }) => `${action} ${cell(requestId)}`).join('<br>')
    return `| ${[id, question?.asks ?? '', question?.assumed ?? ''].map(bars).join(' | ')} | ${cell(answer)} | ${cell(saw)} | ${requests} |`
  })
  return [
    '# What VOD answered',
    '',
    `Asked by vodflow ${version} at ${new Date().toISOString()}.`,
    TaskIds.length === 0
      ? 'It made no task.'
      : `It made these tasks, which are billed: ${TaskIds.map(quoted).join(', ')}.`,
    ...(doubtful.length === 0 ? [] : [doubtOf(doubtful)]),
    '',
    '| Question | Asks | Assumed | Answer | Seen | Calls |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** Returns the warning about submissions that may be billed. */
export function doubtOf(SessionIds: readonly string[]): string {
  return `A submission got no answer, and no listing has shown its tasks yet, so it may be billed. Look for these SessionIds: ${SessionIds.join(', ')}`
}

/** Escapes bars in vodflow's own texts. */
function bars(text: string): string {
  return text.replaceAll('|', '\\|')
}
