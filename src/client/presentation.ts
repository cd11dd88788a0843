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

const inSummary: readonly string[] = ['ProcedureName', 'FileId']

/**
 * What the Temporal UI shows on a run's page, as Markdown: each text is cut, and together they fit into Temporal's 20,000 bytes.
 * Undefined where the summary says it all.
 */
export function detailsOf({ request, account, key }: RunInput, reason?: string): string | undefined {
  const given = Object.entries({ ...request, account, key }).filter(([, value]) => (value ?? '') !== '')
  if (reason === undefined && given.every(([name]) => inSummary.includes(name))) return undefined
  const rows = given.map(([name, value]) => `- ${name}: ${quoted(String(value))}`)
  return [...(reason === undefined ? [] : [`**Run again**: ${quoted(reason)}`, '']), ...rows].join('\n')
}
