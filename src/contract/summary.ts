import { bytesOf } from './json.js'
import { said } from './markdown.js'
import { cut } from './text.js'
import { plain } from './visible.js'

/** Temporal takes 400 bytes of summary (measured), as JSON. */
const maxBytes = 390

/** What the Temporal UI shows of a run, a call or a timer before it is opened: a line that Temporal takes, whatever the text. */
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

/** The same of text from outside: it may be shown as Markdown, of one line. */
export function saidSummary(text: string): string {
  const ticks = bytesOf('``') - bytesOf('')
  return said(summaryText(text.replaceAll('`', "'"), maxBytes - ticks))
}
