import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toFailure } from '../../src/activities/failure.js'
import { InvalidInputError } from '../../src/contract/errors.js'
import { parseBatch } from '../../src/contract/parse/batch.js'
import { parseAdoptInput, parseStepInput } from '../../src/contract/parse/step.js'
import { checkUploadInput } from '../../src/contract/parse/upload.js'
import type { Check } from '../../src/workflows/run/check.js'
import { adoptInput, batchInput, stepInput, uploadInput } from '../../src/workflows/run/inputs.js'

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
const common = {
  account: field('default', 'a-1'),
  delays: fc.oneof(delays, field({})),
}
const SubAppId = field(1, 1_500_000_001)
const onPartial = field('accept', 'fail', 'repair')
const flag = field(true, false)
const FileId = field('528', 'x'.repeat(64))
const ProcedureName = field('one', '转码 一', 'x'.repeat(1_000))

interface Input {
  readonly check: Check
  readonly parse: (given: unknown) => unknown
  readonly inputs: fc.Arbitrary<unknown>
  /** The workflow checks all that zod does. */
  readonly same?: true
}

const inputs: Readonly<Record<string, Input>> = {
  step: {
    check: stepInput,
    parse: (given) => parseStepInput('ProcessMediaByProcedure', given),
    inputs: objectOf(
      {
        ...common,
        request: fc.oneof(
          objectOf({ FileId, ProcedureName, SubAppId, SessionContext: field('', 'mine') }, [
            'FileId',
            'ProcedureName',
          ]),
          field({}),
        ),
        key: field('k', 'x'.repeat(200)),
        idempotencyKey: field('order-42'),
        events: flag,
        onPartial,
        report: field('batch'),
      },
      ['request'],
    ),
  },
  adopt: {
    check: adoptInput,
    parse: parseAdoptInput,
    inputs: objectOf({ ...common, SubAppId, TaskId: field('t', 'x'.repeat(200)) }, ['TaskId']),
    same: true,
  },
  batch: {
    check: batchInput,
    parse: parseBatch,
    inputs: objectOf(
      {
        ...common,
        SubAppId,
        source: fc.oneof(
          field({ FileIds: ['528'] }, { file: 'list.txt' }, { search: {} }, { search: { Limit: 1 } }),
          objectOf({ FileIds: field(['528', '529']) }, ['FileIds']),
          objectOf({ file: field('list.txt') }, ['file']),
          objectOf({ search: field({ Text: 'a' }) }, ['search']),
        ),
        ProcedureName,
        window: field(1, 2_000),
        TasksPriority: field(-10, 10),
        onPartial,
        skipDone: flag,
        stopAtFailedPercent: field(0, 99.5),
        maxTasks: field(1),
        maxTasksPerDay: field(1_000),
        dryRun: flag,
        events: flag,
      },
      ['source', 'ProcedureName'],
    ),
  },
  upload: {
    check: uploadInput,
    parse: (given) =>
      checkUploadInput(
        (typeof given === 'object' && given !== null ? { ...given, announcedAt: 0 } : given) as never,
      ),
    inputs: objectOf(
      {
        ...common,
        SubAppId,
        FileId,
        name: field('default', 'a.b'),
        match: objectOf({
          namePrefix: field('', 'a'),
          sourceContextPrefix: field('x'),
          ClassIds: field([0, 5]),
          Categories: field(['Video']),
        }),
        maxAgeMs: field(60_000, 60 * 60 * 60_000),
        work: fc.oneof(
          objectOf({ ProcedureName, onPartial }, ['ProcedureName']),
          objectOf({ workflowType: field('w'), taskQueue: field('q', '/_sys/q') }, [
            'workflowType',
            'taskQueue',
          ]),
        ),
        events: flag,
        tasks: field([], ['t', 'u']),
      },
      ['FileId', 'work'],
    ),
    same: true,
  },
}

function errorOf(parse: () => unknown): unknown {
  try {
    parse()
    return undefined
  } catch (error) {
    return error
  }
}

describe.each(Object.entries(inputs))('the input of a %s', (_, { check, parse, inputs, same }) => {
  it('is taken by the workflow where zod takes it, and refused for good where only zod refuses it', () => {
    const seen = { taken: 0, refused: 0 }
    fc.assert(
      fc.property(inputs, (given) => {
        const problem = check(given)
        const error = errorOf(() => parse(given))
        if (error === undefined) {
          expect(problem).toBeUndefined()
          seen.taken++
          return
        }
        seen.refused++
        expect(error).toBeInstanceOf(InvalidInputError)
        if (same) expect(problem).toBeDefined()
        expect(toFailure(error, { attempt: 1 })).toMatchObject({ type: 'InvalidInput', nonRetryable: true })
      }),
      { numRuns: 2_000 },
    )
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(20)
  })
})
