import { isDeepStrictEqual } from 'node:util'
import { plain } from '../contract/visible.js'
import { redraw } from './terminal.js'

/** Shows lines that change: as a block that is redrawn in a terminal, or each new line in a pipe. */
export function progressView(out: NodeJS.WriteStream = process.stdout): (lines: readonly string[]) => void {
  let last: readonly string[] = []
  let height = 0
  return (given) => {
    const lines = given.map(plain)
    if (isDeepStrictEqual(lines, last)) return
    if (out.isTTY) {
      // Some terminals report 0 or undefined.
      const { columns, rows } = { columns: out.columns || 80, rows: out.rows || 24 }
      const shown = lines.slice(-Math.max(1, rows - 1)).map((line) => fitColumns(line, columns - 1))
      redraw(out, height, shown)
      height = shown.length
    } else {
      for (const line of lines) if (!last.includes(line)) out.write(`${line}\n`, endWithoutReader)
    }
    last = lines
  }
}

/** A command that only shows progress must end when its reader is gone. */
function endWithoutReader(error: Error | null | undefined): void {
  if (error) throw error
}

const graphemes = new Intl.Segmenter()

/** Matches what a terminal shows in two columns: wide and full-width characters (Unicode, UAX #11) and emoji. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u

/** Cuts a line to a number of columns, because a line that wraps would break the next redraw. */
function fitColumns(line: string, columns: number): string {
  let used = 0
  let fits = ''
  for (const { segment } of graphemes.segment(line)) {
    used += wide.test(segment) ? 2 : 1
    if (used > columns) break
    fits += segment
  }
  return fits
}
