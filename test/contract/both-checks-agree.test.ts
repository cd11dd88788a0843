import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toFailure } from '../../src/activities/failure.js'
import { InvalidInputError } from '../../src/contract/errors.js'
import { stepInput } from '../../src/contract/inputs.js'
import { parseStepInput } from '../../src/contract/parse/step.js'

const odd = [
  null,
  '',
  ' ',
  'a b',
  ' a',
  'a\n',
  'a\0',
  'tâche',
  '\ud83c',
  'Default',
  'x'.repeat(65),
  'x'.repeat(201),
  'x'.repeat(1_001),
  -1,
  0,
  0.5,
  1,
  11,
  2_001,
  2 ** 53,
  1e300,
  true,
  [],
  ['a'],
  [1],
  [-1],
  {},
  { a: 1 },
  JSON.parse(`${'{"a":'.repeat(80)}1${'}'.repeat(80)}`),
] as const

/** A field as it shall be, or something else. */
function field(...good: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
}

/** Objects with these fields, most of them; now and then with one more. */
function objectOf(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>, required: readonly string[] = []) {
  const known = fc.record(fields, { requiredKeys: [...required] })
  const misspelt: typeof fields = { ...fields, idempotency_key: fc.constant('x') }
  const more = fc.record(misspelt, { requiredKeys: [...required] })
  return fc.oneof({ weight: 12, arbitrary: known }, { weight: 1, arbitrary: more })
}

const delays = objectOf({
  looks: field([], [1, 2]),
  lookJitter: field(0, 0.5),
  polls: field([1]),
  lag: field([]),
  giveUp: field(0, 1e9),
})
const SubAppId = field(1, 1_500_000_001)
const FileId = field('528', 'x'.repeat(64))
const ProcedureName = field('one', '转码 一', 'x'.repeat(1_000))

const inputs = objectOf(
  {
    account: field('default', 'a-1'),
    delays: fc.oneof(delays, field({})),
    request: fc.oneof(
      objectOf({ FileId, ProcedureName, SubAppId, SessionContext: field('', 'mine') }, [
        'FileId',
        'ProcedureName',
      ]),
      field({}),
    ),
    key: field('k', 'x'.repeat(200)),
    idempotencyKey: field('order-42'),
    callbacks: field(true, false),
    onPartial: field('accept', 'fail', 'repair'),
    report: field('batch'),
  },
  ['request'],
)

function errorOf(parse: () => unknown): unknown {
  try {
    parse()
    return undefined
  } catch (error) {
    return error
  }
}

it('a workflow takes every step that the submit activity takes, and the activity refuses any other for good', () => {
  const seen = { taken: 0, refused: 0 }
  fc.assert(
    fc.property(inputs, (given) => {
      const problems = [...stepInput(given)]
      const error = errorOf(() => parseStepInput('ProcessMediaByProcedure', given))
      if (error === undefined) {
        expect(problems).toEqual([])
        seen.taken++
        return
      }
      seen.refused++
      expect(error).toBeInstanceOf(InvalidInputError)
      expect((error as InvalidInputError).problems).toEqual(
        expect.arrayContaining(
          problems.map(({ field }) => expect.objectContaining({ field: field || 'input' })),
        ),
      )
      expect(toFailure(error, { attempt: 1 })).toMatchObject({ type: 'InvalidInput', nonRetryable: true })
    }),
    { numRuns: 2_000 },
  )
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(20)
})
