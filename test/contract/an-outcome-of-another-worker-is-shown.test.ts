import fc from 'fast-check'
import { expect, it } from 'vitest'
import { outcomeLine } from '../../src/cli/ended.js'
import { passing } from '../../src/contract/check.js'
import { itemEndedOf } from '../../src/contract/itemEnded.js'
import { outcomeCheck } from '../../src/contract/outcomeCheck.js'
import type { RunProgress } from '../../src/contract/progress.js'
import { detailsOf } from '../../src/workflows/run/stepMarkdown.js'

/** Any JSON in the place of some members. */
const odd = fc.jsonValue({ maxDepth: 1 })
const often = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: odd })
const word = often(fc.constantFrom('pass', 'succeeded', '2026-11-23T00:00:00Z', ''))
const amount = often(fc.nat())
const some = <T>(item: fc.Arbitrary<T>) => often(fc.array(often(item), { maxLength: 2 }))
const part = fc.record({ Type: word, status: word, Definition: amount, Message: word, urls: some(word) })
const verdicts = some(fc.record({ of: word, Suggestion: word, Label: word }))
const task = fc.record({ Status: word, CreateTime: word, parts: some(part), verdicts })
const outcome = fc.record(
  {
    status: often(fc.constantFrom('succeeded', 'unknown')),
    reason: word,
    tasks: some(task),
    moderation: often(fc.record({ Suggestion: word, verdicts })),
    attempts: some(fc.record({ attempt: amount, action: word, TaskIds: some(word), status: word })),
    endedBy: word,
  },
  { requiredKeys: ['status', 'reason', 'tasks', 'attempts'] },
)

it('a result that passes as an outcome can be shown, and kept by a batch', () => {
  let passed = 0
  fc.assert(
    fc.property(outcome, (given) => {
      const taken = passing(outcomeCheck, given)
      if (!taken) return
      passed++
      outcomeLine(taken, { workflowId: 'x', urls: true })
      detailsOf({ phase: 'settled', tasks: [], nets: {}, outcome: taken } as unknown as RunProgress)
      itemEndedOf('528', taken)
    }),
    { numRuns: 3_000 },
  )
  expect(passed).toBeGreaterThan(300)
})
