import fc from 'fast-check'
import { analyse } from 'scslre'
import { inEveryFile, nodesOf } from './syntax.js'

/** A regular expression of a source file. */
export interface Pattern {
  /** `vod/client.ts`. */
  readonly file: string
  /** As it is written there. */
  readonly code: string
  /** Undefined where it is made of text at run time. */
  readonly pattern: RegExp | undefined
}

/** Every regular expression of every file below src. */
export function allPatterns(): Promise<Pattern[]> {
  return inEveryFile(patternsOf)
}

export function patternsOf(file: string, code: string): Pattern[] {
  return nodesOf(code).flatMap((node): Pattern[] => {
    const { type, regex, callee, start, end } = node
    const text = code.slice(start, end)
    if (type === 'Literal' && regex)
      return [{ file, code: text, pattern: new RegExp(regex.pattern, regex.flags) }]
    const isCall = (type === 'NewExpression' || type === 'CallExpression') && callee?.name === 'RegExp'
    return isCall ? [{ file, code: text, pattern: undefined }] : []
  })
}

/** Why a pattern takes more than linear time on some text; undefined when nothing says that it does. */
export function slownessOf(pattern: RegExp): string | undefined {
  const [report] = analyse({ source: pattern.source, flags: pattern.flags }).reports
  if (report) return `${report.type} of ${report.type === 'Trade' ? report.startQuant.raw : report.quant.raw}`
  const attack = attacksOn(pattern).find((text) => isSlow(pattern, text))
  return attack && `on ${JSON.stringify(attack.slice(0, 40))}... (${attack.length} characters)`
}

const length = 32_000

/** What a text is made of that a search begins in again and again. */
const pieces = [
  ' ',
  '\t\n',
  '.',
  'a.',
  '"',
  '\\',
  '\\"',
  "'",
  '/',
  '//',
  'http://',
  '%',
  '-',
  '=',
  ':',
  '|',
  '*_',
  '[](',
  '中',
  '\u0000',
]

/** Long texts that repeat a common piece, or the beginning of something that matches. */
function attacksOn(pattern: RegExp): string[] {
  const beginnings = samplesOf(pattern).flatMap((sample) =>
    Array.from({ length: Math.min(sample.length, 24) }, (_, index) => sample.slice(0, index + 1)),
  )
  return [...new Set([...pieces, ...beginnings])].flatMap((piece) => {
    const long = piece.repeat(Math.ceil(length / piece.length))
    return [long, `\u0000${long}\u0000`]
  })
}

const printable = Array.from({ length: 0x5f }, (_, index) => String.fromCharCode(0x20 + index)).join('')

function samplesOf(pattern: RegExp): string[] {
  // fast-check draws printable ASCII, and would look for ever for a character that a class leaves nothing of.
  const classes = pattern.source.match(/\[\^(?:[^\]\\]|\\.)*\]/g) ?? []
  if (!classes.every((each) => new RegExp(each, pattern.flags.replace(/[gy]/g, '')).test(printable)))
    return []
  try {
    return fc.sample(fc.stringMatching(pattern), { numRuns: 3, seed: 1 })
  } catch {
    // Not every pattern can be read backwards: look-behinds, references, classes of Unicode.
    return []
  }
}

/** At this length what is linear takes under a millisecond of processor time, and what is quadratic hundreds. */
const enoughMs = 40

/** The least of three times: others use this processor too. */
function isSlow(pattern: RegExp, text: string): boolean {
  return [1, 2, 3].every(() => {
    const before = process.cpuUsage()
    text.replace(pattern, '')
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000 > enoughMs
  })
}
