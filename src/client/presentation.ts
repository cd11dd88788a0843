import { quoted } from '../contract/markdown.js'
import type { RunInput } from '../contract/stepInput.js'
import { saidSummary } from '../contract/summary.js'

/** What the Temporal UI shows of a run before it is opened. */
export function summaryOf({ request }: RunInput): string {
  return saidSummary(`${request.ProcedureName} on ${request.FileId || request.MediaStoragePath}`)
}

export function summaryOfTask(TaskId: string): string {
  return saidSummary(`task ${TaskId}`)
}

/** What the Temporal UI shows on a run's page, as Markdown: each text is cut, and together they fit into Temporal's 20,000 bytes. */
export function detailsOf({ request, account = 'default', key }: RunInput, reason?: string): string {
  const rows = Object.entries({ ...request, account, key })
    .filter(([, value]) => (value ?? '') !== '')
    .map(([name, value]) => `- ${name}: ${quoted(String(value))}`)
  return [...(reason === undefined ? [] : [`**Run again**: ${quoted(reason)}`, '']), ...rows].join('\n')
}
