import { isDeepStrictEqual } from 'node:util'
import { plain } from './print.js'

/** Shows lines that change: a block that redraws itself in a terminal, each line that is new in a pipe. */
export function progressView(out: NodeJS.WriteStream = process.stdout): (lines: readonly string[]) => void {
  let last: readonly string[] = []
  let height = 0
  return (given) => {
    const lines = given.map(plain)
    if (isDeepStrictEqual(lines, last)) return
    if (out.isTTY) {
      const shown = lines.slice(-(out.rows - 1)).map((line) => line.slice(0, out.columns - 1))
      const back = height > 0 ? `\x1b[${height}A\x1b[J` : ''
      out.write(`${back}${shown.map((line) => `${line}\n`).join('')}`)
      height = shown.length
    } else {
      for (const line of lines) if (!last.includes(line)) out.write(`${line}\n`)
    }
    last = lines
  }
}
