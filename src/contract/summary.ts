import { bytesOf } from './json.js'
import { said } from './markdown.js'
import { cut } from './text.js'
import { plain } from './visible.js'

/** The largest summary. Temporal accepts 400 bytes of JSON (measured). */
const maxBytes = 390

/** Returns the summary of a run, a call or a timer for the Temporal UI: one line of any text, in a size that Temporal accepts. */
export function summaryText(text: string, most = maxBytes): string {
  const line = plain(cut(text, most))
  if (text.length <= most && bytesOf(line) <= most) return line
  let left = most - bytesOf('…')
  let shown = ''
  for (const char of line) {
    left -= bytesOf(char) - bytesOf('')
    if (left < 0) break
    shown += char
  }
  return `${shown}…`
}

/** Returns the summary for text from outside, which the UI may show as Markdown. */
export function saidSummary(text: string): string {
  const ticks = bytesOf('``') - bytesOf('')
  return said(summaryText(text.replaceAll('`', "'"), maxBytes - ticks))
}
