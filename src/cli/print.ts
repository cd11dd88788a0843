import type { Progress, RunSummary } from '../client/index.js'
import { plain } from '../contract/visible.js'

/** The answer of a command: one JSON object on a line, or lines of text, each of which stays one. */
export function print(json: boolean, value: unknown, text: () => readonly string[]): void {
  console.log(json ? JSON.stringify(value) : text().map(plain).join('\n'))
}

/** Temporal's word for how a run is, as its command line and its lists spell it. */
export function statusText(status: RunSummary['status']): string {
  return status === 'CANCELLED' ? 'CANCELED' : status
}

/** A run of a list, for JSON. */
export function asShown<T extends Pick<RunSummary, 'status'>>(run: T) {
  return { ...run, status: statusText(run.status) }
}

/** Where a step is, as the rest of the command line spells it. */
export function phaseText(phase: Progress['phase']): string {
  return phase === 'cancelling' ? 'canceling' : phase
}

/** How an item or a gate ended, in the same spelling. */
export function endText(status: string): string {
  return status === 'cancelled' ? 'canceled' : status
}

/** Columns under each other; the last one is not padded. */
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

/** Exit code: the command was carried out, and what it found is not good. */
export const notGood = 2

/** To the second, in UTC. */
export function timeOf(date: Date | string | undefined): string {
  return date === undefined ? '' : `${new Date(date).toISOString().slice(0, 19)}Z`
}
