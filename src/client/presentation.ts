import { firstBytes } from '../vod/cut.js'
import type { RunInput } from '../vod/stepInput.js'

/** Temporal takes 400 bytes of summary (measured), JSON quotes included, and 20,000 of details. */
const summaryBytes = 390
const valueBytes = 1_000

/** What the Temporal UI shows of a run before it is opened. */
export function summaryOf({ request }: RunInput): string {
  return short(`${request.ProcedureName} on ${request.FileId || request.MediaStoragePath}`, summaryBytes)
}

export function summaryOfTask(TaskId: string): string {
  return short(`task ${TaskId}`, summaryBytes)
}

/** What the Temporal UI shows on a run's page, as Markdown. */
export function detailsOf({ request, account = 'default', key }: RunInput, reason?: string): string {
  const rows = Object.entries({ ...request, account, key })
    .filter(([, value]) => (value ?? '') !== '')
    .map(([name, value]) => `- ${name}: \`${short(String(value), valueBytes).replaceAll('`', "'")}\``)
  return [...(reason === undefined ? [] : [`**Run again**: ${reason}`, '']), ...rows].join('\n')
}

function short(text: string, bytes: number): string {
  return Buffer.byteLength(text) <= bytes ? text : `${firstBytes(text, bytes - 3)}…`
}
