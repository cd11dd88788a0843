import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fuzzConnections } from '../fuzz/connectionFuzz.js'
import { fuzzHandler } from '../fuzz/handlerFuzz.js'
import { fuzzParsers } from '../fuzz/parserFuzz.js'
import { Plan } from '../fuzz/plan.js'
import { tableOf } from '../fuzz/tally.js'

// Another one each time; `npm run fuzz -- --seed S --count N` makes the same inputs again, and many more.
const seed = randomInt(2 ** 32)
const count = 2_000
console.log(`fuzzing with seed ${seed}, count ${count}`)

describe('requests that nobody foresaw', () => {
  it('get a documented answer, wake no step without its token, and keep no good event out', async () => {
    const { violations, rows, meanwhile } = await fuzzHandler({ seed, count })
    expect({ seed, violations }).toEqual({ seed, violations: [] })
    // Every class was there, and every slow sender has been cut off.
    expect(rows.filter(({ sent }) => sent === 0)).toEqual([])
    expect(meanwhile, tableOf(rows)).toBeGreaterThan(0)
  })

  it('neither make a parser throw nor believe', () => {
    const { violations, rows } = fuzzParsers({ seed, count: 20_000 })
    expect({ seed, violations }).toEqual({ seed, violations: [] })
    const [tokens] = rows
    expect([...(tokens?.answers.keys() ?? [])].sort()).toEqual(['forged', 'foreign', 'ours'].sort())
  })
})

it('crowds of bad connections of any mix keep no good event out', async () => {
  // Other tests keep this machine busy, and senders and server share a process.
  const { violations, rows } = await fuzzConnections({ seed, rounds: 3, patienceMs: 30_000 })
  expect({ seed, violations }).toEqual({ seed, violations: [] })
  expect(rows).toMatchObject([{ sent: 60, delivered: 60 }])
})

it('the same seed makes the same requests', () => {
  const [one, other, third] = [seed, seed, seed + 1].map((from) => new Plan({ seed: from, count: 500 }))
  const bytesOf = (plan: Plan | undefined) =>
    JSON.stringify(Array.from({ length: 500 }, (_, index) => plan?.shot(index)))
  expect(bytesOf(one)).toBe(bytesOf(other))
  expect(bytesOf(one)).not.toBe(bytesOf(third))
})
