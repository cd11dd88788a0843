import type { RunSummary } from '../client/index.js'
import { plain } from '../contract/visible.js'
import { columnsOf, fitted } from './layout.js'

/** Prints the result of a command: one JSON object on a line, or lines of text. A terminal gets them wrapped. */
export function print(json: boolean, value: unknown, text: () => readonly string[]): void {
  const columns = columnsOf(process.stdout)
  console.log(json ? JSON.stringify(value) : fitted(text().map(plain).join('\n'), columns))
}

/** Prints a message about the work of a command, on standard error. */
export function say(message: string): void {
  console.error(fitted(`vodflow: ${message}`, columnsOf(process.stderr)))
}

/** Returns Temporal's status of a run in the spelling of its command line and its lists. */
export function statusText(status: RunSummary['status']): string {
  return status === 'CANCELLED' ? 'CANCELED' : status
}

/** Returns a run of a list as JSON shows it. */
export function asShown<T extends Pick<RunSummary, 'status'>>(run: T) {
  return { ...run, status: statusText(run.status) }
}

/**
 * Aligns columns. The last column is not padded. In a terminal that is too narrow for a row, the columns that do not fit stand on a line
 * of their own under it.
 */
export function table(given: readonly (readonly string[])[], terminal = columnsOf(process.stdout)): string[] {
  const rows = given.map((row) => row.map(plain))
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  )
  const fitting = terminal === undefined ? widths.length : columnsWithin(widths, terminal)
  return rows.flatMap((row) => {
    const first = row.slice(0, fitting).map((cell, column) => cell.padEnd(widths[column] ?? 0))
    const below = row.slice(fitting).filter((cell) => cell !== '')
    const lines = [first.join('  ').trimEnd()]
    return below.length === 0 ? lines : [...lines, `  ${below.join('  ')}`]
  })
}

/** Returns how many of the columns fit beside each other. The first one always stands. */
function columnsWithin(widths: readonly number[], terminal: number): number {
  let used = 0
  const end = widths.findIndex((width, column) => {
    used += width + (column === 0 ? 0 : 2)
    return column > 0 && used > terminal
  })
  return end === -1 ? widths.length : end
}

/** The exit code of a command that worked but found something bad. */
export const notGood = 2

/** Formats a time to the second, in UTC. */
export function timeOf(date: Date | string | undefined): string {
  return date === undefined ? '' : `${new Date(date).toISOString().slice(0, 19)}Z`
}
