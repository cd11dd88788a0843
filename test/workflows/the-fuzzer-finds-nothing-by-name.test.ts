import { randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { fuzzNames } from '../fuzz/namesFuzz.js'

// Another one each time; `npm run fuzz -- --seed S --count N` makes the same inputs again, and many more.
const seed = randomInt(2 ** 32)
const count = 100
console.log(`fuzzing with seed ${seed}, count ${count}`)

it('no workflow that is started by its name fails a workflow task, whatever it is given', async () => {
  const { violations, rows } = await fuzzNames({ seed, count })
  expect({ seed, violations }).toEqual({ seed, violations: [] })
  expect(rows.some(({ answers }) => answers.has('InvalidInput'))).toBe(true)
})
