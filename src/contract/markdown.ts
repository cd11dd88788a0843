import { cut } from './text.js'
import { plain } from './visible.js'

/*
 * Text from outside within Markdown, for the Temporal UI. It shows as it is: it makes no heading, table, link or picture, whatever it looks
 * like.
 */

/** Characters that a person reads at most. */
const longest = 1_000

/** A code span: nothing in it means anything, not even an address. One line; empty for nothing. */
export function quoted(text: string): string {
  const line = plain(cut(text, 2 * longest)).trim()
  if (line === '') return ''
  const shown = line.length > longest ? `${cut(line, longest)}…` : line
  // A span ends with as many backticks as it began with.
  const ticks = (shown.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0)
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : ''
  const fence = '`'.repeat(ticks + 1)
  return `${fence}${pad}${shown}${pad}${fence}`
}

/** Words, numbers, and punctuation between them. What a UI may make a link of is none: it has a colon, an at sign or `www.` in a word. */
const prose = /^(?:\(?[\p{L}\p{N}\p{M}%'/]+\)?(?:[.,:;]? |[-._,](?=[\p{L}\p{N}])|[.;]?$))+$/u

function isSentence(text: string): boolean {
  return text.length <= longest && prose.test(text) && !/www\./i.test(text)
}

/** A sentence as it is where it is nothing but one, else quoted. */
export function said(text: string): string {
  return isSentence(text) ? text : quoted(text)
}

/** What stands between the bars of a table. A bar would end it, in a code span too. */
export function cell(text: string, shown = said): string {
  return shown(text).replaceAll('|', '¦')
}

/** A link to a page of the web, whatever its address holds; any other address is only quoted. */
export function link(url: string, words: string): string {
  if (url.length > 2 * longest || !/^https?:\/\//.test(url)) return quoted(url)
  const address = `(<${url.replaceAll(/[^\w\-.~:/?#@!$&'*+,;=%]/gu, inUrl)}>)`
  // Not every renderer finds the end of a code span in the words of a link.
  return isSentence(words) ? `[${words}]${address}` : `${quoted(words)} [link]${address}`.trimStart()
}

function inUrl(char: string): string {
  // Half a character is none of an address.
  return /\p{Cs}/u.test(char)
    ? ''
    : encodeURIComponent(char).replaceAll(/[()]/g, (each) => (each === '(' ? '%28' : '%29'))
}

/** Text of so many bytes at most, without a line that is not whole: half a code span would not be one. */
export function wholeLines(text: string, maxBytes: number): string {
  let left = maxBytes
  const lines: string[] = []
  for (const line of text.split('\n')) {
    left -= new TextEncoder().encode(line).length + 1
    if (left < 0) return [...lines, '', '…'].join('\n')
    lines.push(line)
  }
  return lines.join('\n')
}
