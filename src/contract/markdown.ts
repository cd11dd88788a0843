import { cut } from './text.js'
import { plain } from './visible.js'

/*
 * Text from outside in Markdown, for the Temporal UI. It is shown literally: it can make no heading, table, link or picture.
 */

/** The longest text for a person, in characters. */
const longest = 1_000

/**
 * Returns a code span of one line, in which no Markdown and no address has an effect. Returns an empty text for blanks. A backtick becomes a
 * character that looks like one, because some renderers find emphasis and addresses in spans with more than one backtick at their ends.
 */
export function quoted(text: string): string {
  const line = plain(cut(text, 2 * longest))
    .trim()
    .replaceAll('`', 'ˋ')
  if (line === '') return ''
  return `\`${line.length > longest ? `${cut(line, longest)}…` : line}\``
}

/** Words, numbers and punctuation, but nothing that a UI may turn into a link: a colon, an at sign or `www.` in a word. */
const prose = /^(?:\(?[\p{L}\p{N}\p{M}%'/]+\)?(?:[.,:;]? |[-._,](?=[\p{L}\p{N}])|[.;]?$))+$/u

function isSentence(text: string): boolean {
  return text.length <= longest && prose.test(text) && !/www\./i.test(text)
}

/** Returns a plain sentence unchanged, and any other text quoted. */
export function said(text: string): string {
  return isSentence(text) ? text : quoted(text)
}

/** Returns the text for a cell of a table. A bar would end the cell, even in a code span. */
export function cell(text: string, shown = said): string {
  return shown(text).replaceAll('|', '¦')
}

/** Returns a link for an http or https address, with its special characters encoded. Any other address is only quoted. */
export function link(url: string, words: string): string {
  if (url.length > 2 * longest || !/^https?:\/\//.test(url)) return quoted(url)
  const address = `(<${url.replaceAll(/[^\w\-.~:/?#@!$&'*+,;=%]/gu, inUrl)}>)`
  // Some renderers do not find the end of a code span in the words of a link.
  return isSentence(words) ? `[${words}]${address}` : `${quoted(words)} [link]${address}`.trimStart()
}

function inUrl(char: string): string {
  // An address contains no half of a surrogate pair.
  return /\p{Cs}/u.test(char)
    ? ''
    : encodeURIComponent(char).replaceAll(/[()]/g, (each) => (each === '(' ? '%28' : '%29'))
}

/** Cuts text to whole lines of at most `maxBytes`, because half a code span is not a code span. */
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
