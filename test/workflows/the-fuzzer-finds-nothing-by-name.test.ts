import { randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { fuzzNames } from '../fuzz/namesFuzz.js'
import { tableOf } from '../fuzz/tally.js'

// Another one each time; `npm run fuzz -- --seed S --count N` makes the same inputs again, and many more.
const seed = randomInt(2 ** 32)
const count = 100
console.log(`fuzzing with seed ${seed}, count ${count}`)

it('no workflow that is started by its name fails a workflow task, whatever it is given', async () => {
  const { violations, rows } = await fuzzNames({ seed, count })
  expect({ seed, violations }).toEqual({ seed, violations: [] })
  // Some are refused, and some are not.
  const verdicts = new Set(rows.flatMap(({ answers }) => [...answers.keys()]))
  expect(verdicts.has('InvalidInput'), tableOf(rows)).toBe(true)
  expect(verdicts.size, tableOf(rows)).toBeGreaterThan(1)
})
