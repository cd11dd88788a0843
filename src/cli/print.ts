/** The answer of a command: one JSON object on a line, or text. */
export function print(json: boolean, value: unknown, text: () => readonly string[]): void {
  console.log(json ? JSON.stringify(value) : text().join('\n'))
}

/** A key, an id or a reason may hold anything, also what a terminal would obey. */
export function plain(line: string): string {
  return line.replaceAll(/\p{Cc}+/gu, ' ')
}

/** Columns under each other; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
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
