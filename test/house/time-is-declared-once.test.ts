import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './imports.js'

interface Once {
  readonly what: string
  readonly pattern: RegExp
  /** The files that may have it. */
  readonly homes: readonly string[]
  readonly example: string
}

const all: readonly Once[] = [
  {
    what: 'minutes, hours and days',
    pattern: /\b60 \* 60\b|\* 60_000|\b24 \* \(?60|^const (second|minute|hour|day) =/m,
    // The emulator imports nothing of ours, and metrics count in seconds.
    homes: ['contract/time.ts', 'emulator/time.ts', 'contract/metrics.ts'],
    example: 'const limit = 72 * 60 * 60_000',
  },
  {
    what: 'a pause that grows',
    pattern: /[\w)] \* 2 \*\* \w/,
    homes: ['contract/backoff.ts'],
    example: 'Math.min(most, first * 2 ** failures)',
  },
  {
    what: 'a time limit of a promise',
    pattern: /setTimeout\(\(\) => (reject|resolve)\(/,
    homes: ['contract/within.ts'],
    example: "timer = setTimeout(() => reject(new Error('late')), ms)",
  },
  {
    what: 'the oldest entry that gives way',
    pattern: /\.size >=? max\w*\) [\w.#]+\.(clear|delete)\(|keys\(\)\.next\(\)/,
    homes: ['contract/forgetOldest.ts'],
    example: 'if (known.size >= maxKeys) known.clear()',
  },
  {
    what: 'reading the start of a history',
    pattern: /\.getWorkflowExecutionHistory\(/,
    homes: ['temporal/historyPages.ts'],
    example: 'await workflowService.getWorkflowExecutionHistory({ namespace })',
  },
]

const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
const files = await Promise.all(
  names.map(async (name) => ({ name, code: await readFile(join(root, name), 'utf8') })),
)

describe.each(all)('$what', ({ pattern, homes, example }) => {
  it('is in one place', () => {
    const found = files.filter(({ code }) => pattern.test(code)).map(({ name }) => name)
    expect(found.filter((name) => !homes.includes(name))).toEqual([])
  })

  it('is found when it is in another one', () => {
    expect(example).toMatch(pattern)
  })
})
