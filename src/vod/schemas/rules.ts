import { z } from 'zod'
import type { NumberRule, TextRule } from '../../contract/patterns.js'

/* zod schemas of the rules that the workflows check by plain functions. */

export function textOf({ pattern, words }: TextRule) {
  return z.string(words).regex(pattern, words)
}

export function wholeOf({ least, most, words }: NumberRule) {
  return z.int(words).min(least, words).max(most, words)
}

export function numberOf({ least, most, words }: NumberRule) {
  return z.number(words).min(least, words).max(most, words)
}
