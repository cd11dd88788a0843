import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Effect, StepEvent } from '../../src/workflows/step/state.js'
import { anyJourney, travel } from '../support/anyOrder.js'
import { root } from '../support/binary.js'

const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
const named = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name as string)

/** Returns the rows of a table: the name in the first column, and those in the last one. */
function rowsOf(head: string): [name: string, others: string[]][] {
  const [, table = ''] = page.split(`${head}\n`)
  const rows = /^(\|.*\n)*/.exec(table)?.[0].trimEnd().split('\n').slice(1) ?? []
  return rows.map((row) => {
    const cells = row.split('|').slice(1, -1)
    return [named(cells[0] ?? '')[0] ?? '', named(cells.at(-1) ?? '').sort()]
  })
}

const inputs = rowsOf('| input | what it means | effects that it may have |')
const effects = rowsOf('| effect | what it does |').map(([name]) => name)

/** The compiler demands each name of the type, and no other one. */
const types: Record<StepEvent['type'] | 'begin', true> = {
  begin: true,
  submitted: true,
  unanswered: true,
  refused: true,
  found: true,
  hint: true,
  seen: true,
  gone: true,
  unread: true,
  woke: true,
  mediaRead: true,
  cancel: true,
  abortAnswered: true,
  detach: true,
}

/** What each input has led to in many journeys, the same ones each time. */
function observed(): Record<string, string[]> {
  const found = new Map<string, Set<Effect['do']>>(Object.keys(types).map((type) => [type, new Set()]))
  const journeys = fc.property(anyJourney, (journey) => {
    for (const taken of travel(journey))
      for (const effect of taken.effects) found.get(taken.input)?.add(effect.do)
  })
  fc.assert(journeys, { numRuns: 6_000, seed: 1 })
  return Object.fromEntries([...found].map(([input, seen]) => [input, [...seen].sort()]))
}

describe('the tables of the machine in docs/architecture.md', () => {
  it('name every input', () => {
    expect(inputs.map(([name]) => name).sort()).toEqual(Object.keys(types).sort())
  })

  it('name the effects that each input has, and no other ones', () => {
    expect(Object.fromEntries(inputs)).toEqual(observed())
  })

  it('say what every effect does', () => {
    expect(effects.toSorted()).toEqual([...new Set(inputs.flatMap(([, names]) => names))].sort())
  })
})
