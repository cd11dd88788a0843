import { isDeepStrictEqual } from 'node:util'
import { columnsOf, fitColumns, type Line, laidOut } from './layout.js'
import { redraw } from './terminal.js'

/** Shows lines that change: as a tree that is redrawn in a terminal, or each new line in a pipe. */
export function progressView(out: NodeJS.WriteStream = process.stdout): (lines: readonly Line[]) => void {
  let last: readonly string[] = []
  let height = 0
  return (given) => {
    const columns = columnsToDraw(out)
    const lines = laidOut(given, columns)
    if (isDeepStrictEqual(lines, last)) return
    if (columns === undefined) {
      for (const line of lines) if (!last.includes(line)) out.write(`${line}\n`, endWithoutReader)
    } else height = drawOver(out, height, { lines, columns })
    last = lines
  }
}

/** A dumb terminal cannot be drawn over. A line that fills the last column would wrap in some terminals. */
function columnsToDraw(out: NodeJS.WriteStream): number | undefined {
  const columns = process.env.TERM === 'dumb' ? undefined : columnsOf(out)
  return columns === undefined ? undefined : columns - 1
}

/** Replaces what was drawn. A line that the terminal wraps would break the next redraw. */
function drawOver(
  out: NodeJS.WriteStream,
  height: number,
  { lines, columns }: { readonly lines: readonly string[]; readonly columns: number },
): number {
  const shown = lines.slice(-Math.max(1, (out.rows || 24) - 1)).map((line) => fitColumns(line, columns))
  redraw(out, height, shown)
  return shown.length
}

/** A command that only shows progress must end when its reader is gone. */
function endWithoutReader(error: Error | null | undefined): void {
  if (error) throw error
}
