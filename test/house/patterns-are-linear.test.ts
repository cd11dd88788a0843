import { describe, expect, it } from 'vitest'
import { patterns as ofSecrets } from '../../src/cli/redact.js'
import { allPatterns, patternsOf, slownessOf } from './patterns.js'
import { inEveryFile, nodesOf } from './syntax.js'

const all = await allPatterns()

/** Literals that are not linear, and why their text is never long. At most three. */
const allowed: Readonly<Record<string, string>> = {}

it('every pattern takes linear time, whatever the text', () => {
  const literals = all.flatMap(({ file, code, pattern }) => (pattern ? [{ file, code, pattern }] : []))
  expect(literals.length).toBeGreaterThan(80)
  const slow = literals
    .map(({ file, code, pattern }) => ({ where: `${file} ${code}`, slow: slownessOf(pattern) }))
    .filter(({ where, slow }) => slow !== undefined && !(where in allowed))
  expect(slow).toEqual([])
  expect(Object.keys(allowed).length).toBeLessThanOrEqual(3)
})

it('no pattern that keeps its position is exported, because the workflow sandbox freezes exports', async () => {
  const exported = await inEveryFile((file, code) =>
    nodesOf(code).flatMap(({ start, regex }) => {
      const isExported = /\nexport const \w+[^=\n]*=\s*$/.test(`\n${code.slice(0, start)}`)
      return isExported && regex ? [{ file, flags: regex.flags }] : []
    }),
  )
  expect(exported.length).toBeGreaterThan(1)
  expect(exported.filter(({ flags }) => /[gy]/.test(flags))).toEqual([])
})

/** Made of text at run time: of constants, as these files show. */
const made = [
  'cli/redact.ts',
  'cli/redact.ts',
  'cli/redact.ts',
  'contract/fingerprint.ts',
  'emulator/moderation.ts',
]

it('only these are made at run time, and those of secrets are linear too', () => {
  expect(all.flatMap(({ file, pattern }) => (pattern ? [] : [file])).sort()).toEqual(made)
  expect(ofSecrets.flatMap(([pattern]) => slownessOf(pattern) ?? [])).toEqual([])
})

describe('the search', () => {
  it.each([
    /(a+)+$/,
    /\s+$/,
    /[.\s]+$/,
    /^-+|-+$/g,
    /(\bhttps?:\/\/[^\s"'?#\\<>]*)\?[^\s"'\\<>]*/gi,
    /<a.*?>.*?<\/a>/,
    /\\*"token"/g,
    /(?:%[0-9a-f]{2})*;/,
  ])('finds %s', (pattern) => {
    expect(slownessOf(pattern)).toEqual(expect.any(String))
  })

  it.each([/[^\x20-\x7e]/, /\s+/g, /^\s+/, /[^"]*"/y, /\bBearer\s+[\w.]+/gi])('lets %s be', (pattern) => {
    expect(slownessOf(pattern)).toBeUndefined()
  })

  it('reads every way to write one', () => {
    const code =
      "const a: RegExp = /x/g\nconst b = new RegExp('y')\nconst c = RegExp(`z`)\nconst d = 1 / 2 / 3\n// /e/\n"
    expect(patternsOf('x.ts', code).map(({ code }) => code)).toEqual([
      '/x/g',
      "new RegExp('y')",
      'RegExp(`z`)',
    ])
  })
})
