import { plain } from '../contract/visible.js'

/** A line of text, and the lines that belong to it. */
export interface Line {
  readonly text: string
  /** Progress to show before the text: as a bar in a terminal. */
  readonly percent?: number
  readonly under?: readonly Line[]
}

/** Returns the width of a terminal, or undefined for a pipe or a file, whose lines are not wrapped. Some terminals report 0. */
export function columnsOf(out: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number | undefined {
  return out.isTTY ? Number(process.env.COLUMNS) || out.columns || 80 : undefined
}

/** Returns lines as a tree for a terminal, or indented for a pipe. */
export function laidOut(lines: readonly Line[], columns: number | undefined): string[] {
  return lines.flatMap(({ text, percent, under = [] }) => {
    if (columns === undefined) {
      const done = percent === undefined ? '' : `${Math.round(percent)} %  `
      return [plain(`${done}${text}`), ...laidOut(under, columns).map((each) => `  ${each}`)]
    }
    const bar = percent === undefined ? '' : `${barOf(percent)}  `
    const indent = under.length > 0 ? `${marks().down} ` : '  '
    return [...wrapped(plain(`${bar}${text}`), columns, indent), ...branches(under, columns)]
  })
}

function branches(lines: readonly Line[], columns: number): string[] {
  const { down, fork, last } = marks()
  return lines.flatMap((line, index) => {
    const isLast = index === lines.length - 1
    const inner = laidOut([line], columns - 3)
    return inner.map((each, at) => {
      if (at === 0) return `${isLast ? last : fork} ${each}`
      // Only blanks may continue a command, so that it can be pasted.
      return `${isLast || inner[at - 1]?.endsWith(' \\') ? ' ' : down}  ${each}`
    })
  })
}

/** Terminals that do not show UTF-8 get a tree of ASCII. */
function marks() {
  const { LC_ALL, LC_CTYPE, LANG } = process.env
  const isUtf8 = /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
  return isUtf8 ? { down: '│', fork: '├─', last: '└─' } : { down: '|', fork: '|-', last: '`-' }
}

/** Wraps each line that is too long for a terminal. */
export function fitted(text: string, columns: number | undefined): string {
  if (columns === undefined) return text
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, columns, `${/^ */.exec(line)?.[0] ?? ''}  `))
    .join('\n')
}

/** Wraps help for a terminal. Its paragraphs are written in long lines, which are joined first. */
export function fittedHelp(text: string, columns: number | undefined): string {
  if (columns === undefined) return text
  const joined = text.replaceAll(/^(\S.{99,})\n(?=\S)/gm, '$1 ')
  const paragraphs = joined
    .split('\n')
    .flatMap((line) => (/^\S/.test(line) ? wrapped(line, columns, '') : [line]))
  return fitted(paragraphs.join('\n'), columns)
}

/** A word, or a percentage. */
const textWords = /\S+(?: %)?/g
/** A word of a command, whose quoted text must not be broken. */
const commandWords = /(?:[^\s'"]|'[^']*'|"[^"]*"|['"])+/g
const command = /^ *(vodflow|npx|temporal|export) /

/**
 * Wraps a line between words. A word that is too long stays whole, because ids and URLs are copied. A command gets backslashes, so that it
 * can be pasted.
 */
export function wrapped(line: string, columns: number, indent: string): string[] {
  if (widthOf(line) <= columns) return [line]
  const isCommand = command.test(line)
  const mark = isCommand ? ' \\' : ''
  const lines: string[] = []
  let current = /^ */.exec(line)?.[0] ?? ''
  let end = 0
  for (const { 0: word, index = 0 } of line.matchAll(isCommand ? commandWords : textWords)) {
    const before = end === 0 ? '' : line.slice(end, index)
    const fits = widthOf(`${current}${before}${word}${mark}`) <= columns
    // A word that is longer than a line would not fit there either.
    if (end > 0 && !fits && widthOf(`${indent}${word}${mark}`) <= columns) {
      lines.push(`${current}${mark}`)
      current = `${indent}${word}`
    } else current += `${before}${word}`
    end = index + word.length
  }
  return [...lines, current]
}

const graphemes = new Intl.Segmenter()

/** Matches what a terminal shows in two columns: wide and full-width characters (Unicode, UAX #11) and emoji. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u

function widthOf(text: string): number {
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** Cuts a line to a number of columns. */
export function fitColumns(line: string, columns: number): string {
  let used = 0
  let fits = ''
  for (const { segment } of graphemes.segment(line)) {
    used += wide.test(segment) ? 2 : 1
    if (used > columns) break
    fits += segment
  }
  return fits
}

const barWidth = 20

function barOf(percent: number): string {
  const done = Math.round((Math.min(100, Math.max(0, percent)) / 100) * barWidth)
  return `[${'#'.repeat(done)}${'.'.repeat(barWidth - done)}] ${String(Math.round(percent)).padStart(3)} %`
}
