import type { RunProgress, RunSummary } from '../client/index.js'
import { plain } from '../contract/visible.js'

/** Prints the result of a command: one JSON object on a line, or lines of text, each of which stays one line. */
export function print(json: boolean, value: unknown, text: () => readonly string[]): void {
  console.log(json ? JSON.stringify(value) : text().map(plain).join('\n'))
}

/** Returns Temporal's status of a run in the spelling of its command line and its lists. */
export function statusText(status: RunSummary['status']): string {
  return status === 'CANCELLED' ? 'CANCELED' : status
}

/** Returns a run of a list as JSON shows it. */
export function asShown<T extends Pick<RunSummary, 'status'>>(run: T) {
  return { ...run, status: statusText(run.status) }
}

/** Returns the phase of a step in the spelling of the command line. */
export function phaseText(phase: RunProgress['phase']): string {
  return phase === 'cancelling' ? 'canceling' : phase
}

/** Returns how an item or a gate ended, in the same spelling. */
export function endText(status: string): string {
  return status === 'cancelled' ? 'canceled' : status
}

/** Aligns columns. The last column is not padded. */
export function table(given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map(plain))
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) =>
    row
      .map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell))
      .join('  ')
      .trimEnd(),
  )
}

/** The exit code of a command that worked but found something bad. */
export const notGood = 2

/** Formats a time to the second, in UTC. */
export function timeOf(date: Date | string | undefined): string {
  return date === undefined ? '' : `${new Date(date).toISOString().slice(0, 19)}Z`
}
