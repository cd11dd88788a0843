import { describe, expect, it } from 'vitest'
import { createWebhookActivities } from '../../src/activities/webhook.js'
import type { AnyCheck } from '../../src/contract/check.js'
import { type FieldProblem, InvalidInputError } from '../../src/contract/errors.js'
import {
  adoptInput,
  announcedUpload,
  batchControl,
  batchInput,
  batchState,
  continuedBatchInput,
  idsPage,
  searchConditions,
  searchSpans,
  stepInput,
  sweepInput,
  uploadInput,
  uploadRule,
} from '../../src/contract/inputs.js'
import { parseBatch } from '../../src/contract/parse/batch.js'
import { parseStepInput } from '../../src/contract/parse/step.js'
import { valid } from '../../src/contract/valid.js'
import { vodApi } from '../../src/vod/api.js'
import { parsed } from '../../src/vod/problemOf.js'

type Json = Readonly<Record<string, unknown>>

/** What somebody may give in the place of something else. */
const bad: readonly unknown[] = [
  undefined,
  null,
  '',
  'x'.repeat(2_000),
  '\ud83c',
  0.5,
  -1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  5285485487985271,
  10n,
  true,
  Symbol('s'),
  () => undefined,
  {},
  { a: { b: 1 } },
  [],
  [null, 5, {}],
  Array.from({ length: 10_001 }, () => 'x'),
  new Date(0),
]

/** Each kind of problem once: a list can have the same in all of its members. */
function kindsOf(problems: readonly FieldProblem[]): readonly FieldProblem[] {
  return [...new Map(problems.map((each) => [`${each.problem}; ${each.remedy}`, each])).values()]
}

/** The same value with another one in each place, and with one more field. */
function* mutants(good: unknown): Generator<readonly [place: string, mutant: unknown]> {
  for (const value of bad) yield ['', value]
  if (Array.isArray(good))
    for (const [index, member] of good.entries())
      for (const [place, mutant] of mutants(member))
        yield [join(String(index), place), good.with(index, mutant)]
  else if (typeof good === 'object' && good !== null) {
    yield ['foo_bar', { ...good, foo_bar: 1 }]
    for (const [name, member] of Object.entries(good)) {
      const { [name]: _, ...without } = good as Json
      yield [name, without]
      for (const [place, mutant] of mutants(member)) yield [join(name, place), { ...good, [name]: mutant }]
    }
  }
}

const join = (name: string, place: string) => (place === '' ? name : `${name}.${place}`)

function problemsOf(parse: () => unknown): readonly FieldProblem[] {
  try {
    parse()
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError)
    return kindsOf((error as InvalidInputError).problems)
  }
}

/** Words of zod, and values that a message was made of by mistake. */
const foreign =
  /Invalid|expected|received|Too (big|small)|Unrecognized|\[object|undefined,|see the documentation/

function expectWords({ field, problem, remedy }: FieldProblem): void {
  expect(field).toMatch(/^[\w.]+$/)
  expect(problem).toMatch(/^(is|has|does|stands|this) \S/)
  expect(remedy).toMatch(/^(pass|use|leave|remove|check|choose|write|shorten|the fields of VOD) ?/)
  expect(remedy).not.toBe(problem)
  expect(`${problem}\n${remedy}`).not.toMatch(foreign)
}

const delays = { looks: [1], lookJitter: 0.1, polls: [1], lag: [], giveUp: 1 }
const common = { account: 'default', SubAppId: 1, delays }
const request = {
  FileId: '528',
  ProcedureName: 'one',
  SubAppId: 1,
  TasksPriority: 1,
  TasksNotifyMode: 'None',
}
const upload = {
  ...common,
  name: 'a',
  match: { namePrefix: 'a', ClassIds: [1], Categories: ['Video'] },
  maxAge: 60_000,
  work: { ProcedureName: 'one', onPartial: 'fail' },
  callbacks: true,
}
const announced = { ...upload, FileId: '528', tasks: ['t'] }
const step = {
  request,
  account: 'default',
  key: 'k',
  idempotencyKey: 'k',
  callbacks: true,
  onPartial: 'repair',
  report: 'r',
  delays,
}
const batch = {
  ...common,
  source: { FileIds: ['528'] },
  ProcedureName: 'one',
  window: 1,
  TasksPriority: 1,
  onPartial: 'accept',
  skipDone: true,
  stopAtFailedPercent: 1,
  maxTasks: 1,
  maxTasksPerDay: 1,
  dryRun: true,
  callbacks: true,
}
const state = {
  template: { TaskTypes: ['Procedure'], outputs: [''], UpdateTime: '' },
  cursor: { read: 1, byte: 1, file: '', after: '', Offset: 1, seen: [''] },
  total: 1,
  waiting: ['528'],
  running: { '528': [1, 1] },
  beats: 1,
  counts: {
    read: 1,
    started: 1,
    skipped: 1,
    missing: 1,
    repeated: 1,
    tasks: 1,
    ended: { succeeded: 1 },
  },
  failures: [{ FileId: '528', status: 'failed', reason: '' }],
  window: 1,
  paused: true,
  stopped: '',
  day: { date: '', tasks: 1 },
  meanMs: 1,
  startedAt: 1,
}
const bySearch = { ...batch, source: { search: { Text: 'a' } } }
const byFile = { ...batch, source: { file: 'list.txt' } }
const ownWork = { ...announced, work: { workflowType: 'w', taskQueue: 'q' } }

const checked = (check: AnyCheck) => (given: unknown) => valid(check as never, given)

const inputs: readonly [name: string, parse: (given: unknown) => unknown, good: object][] = [
  ['step', (given) => parseStepInput('ProcessMediaByProcedure', given), step],
  ['step in a workflow', checked(stepInput), step],
  ['adopted task', checked(adoptInput), { ...common, TaskId: 't' }],
  ['upload rule', checked(uploadRule), upload],
  ['upload', checked(uploadInput), announced],
  ['upload of a workflow', checked(uploadInput), ownWork],
  ['announced upload', checked(announcedUpload), { ...announced, announcedAt: 1 }],
  ['batch', parseBatch, batch],
  ['batch in a workflow', checked(batchInput), batch],
  ['batch of a search', checked(batchInput), bySearch],
  ['batch of a file', checked(batchInput), byFile],
  ['batch that goes on', checked(continuedBatchInput), batch],
  ['control of a batch', checked(batchControl), { window: 1, paused: true, stop: 'enough' }],
  ['state of a batch', checked(batchState), state],
  [
    'page of ids',
    checked(idsPage),
    { account: 'default', SubAppId: 1, source: { file: 'a' }, cursor: { read: 1 } },
  ],
  [
    'sweep',
    checked(sweepInput),
    { account: 'default', SubAppId: 1, times: { interval: 1, gracePeriod: 1 }, watermark: 1, wholeAt: 1 },
  ],
  [
    'webhooks',
    (given) => createWebhookActivities(given as never),
    { default: { url: 'https://app.example.com', secret: `whsec_${'a'.repeat(32)}` } },
  ],
]

describe.each(inputs)('the input of a %s', (_, parse, good) => {
  it('is taken', () => {
    expect(problemsOf(() => parse(good))).toEqual([])
  })

  it('is refused by field, problem and remedy, with any other value in any place', () => {
    const refused = new Set<string>()
    for (const [place, mutant] of mutants(good)) {
      const problems = problemsOf(() => parse(mutant))
      problems.forEach(expectWords)
      if (problems.length > 0) refused.add(place)
    }
    expect(refused.size).toBeGreaterThan(Object.keys(good).length)
  })
})

describe.each(Object.entries(vodApi))('a request of %s', (_, { request: schema }) => {
  const shape = Object.keys(schema.shape)

  it('is refused by field, problem and remedy, with any other value in any field', () => {
    for (const value of bad) problemsOf(() => parsed(schema, value)).forEach(expectWords)
    for (const field of shape) {
      for (const value of bad) {
        const problems = problemsOf(() => parsed(schema, { [field]: value }))
        problems.forEach(expectWords)
        if (value === null) expect(problems.length).toBeGreaterThan(0)
      }
      // Within what is nested.
      for (const inner of [
        { a: bad },
        bad,
        [{ a: 1 }],
        [{ Type: 5, Definition: 'x', FileId: 5, TrackItems: 5 }],
      ])
        problemsOf(() => parsed(schema, { [field]: inner })).forEach(expectWords)
    }
  })

  it('shows only the beginning of a long name', () => {
    for (const { field } of problemsOf(() => parsed(schema, { [' '.repeat(900_000)]: 1 })))
      expect(field.length).toBeLessThan(200)
  })

  it('names a field that is misspelled, unless it takes any', () => {
    const problems = problemsOf(() => parsed(schema, { FooBar: 1 }))
    problems.forEach(expectWords)
    if (_ !== 'SearchMedia') expect(problems.map(({ field }) => field)).toContain('FooBar')
  })
})

it.each(['vodflow', 'vodflow.default.read'])('an upload rule starts no workflow on %s', (taskQueue) => {
  const work = { workflowType: 'onUpload', taskQueue }
  const problem = `"${taskQueue}" belongs to vodflow's own workers`
  expect(problemsOf(() => checked(uploadRule)({ ...upload, work }))).toEqual([
    { field: 'work.taskQueue', problem, remedy: expect.stringContaining('use another name') },
  ])
})

describe('a condition of a search that VOD does not have', () => {
  const problemsIn = (search: object) => {
    const given = { ...batch, source: { search } }
    const problems = problemsOf(() => parseBatch(given))
    expect(problemsOf(() => checked(batchInput)(given))).toEqual(problems)
    return problems
  }

  it.each([
    ['namePrefixes', 'write NamePrefixes'],
    ['NamePrefix', 'write NamePrefixes'],
    ['Category', 'write Categories'],
    ['CreatTime', 'write CreateTime'],
    [
      'FooBar',
      'check its spelling; for a condition that VOD has added, update vodflow, or search yourself and pass the FileIds',
    ],
  ])('%s', (name, remedy) => {
    const field = `source.search.${name}`
    expect(problemsIn({ [name]: ['x'] })).toEqual([{ field, problem: 'is not known', remedy }])
  })

  it('is refused within a span of time too', () => {
    const field = 'source.search.CreateTime.after'
    const problems = problemsIn({ CreateTime: { after: '2026-01-01T00:00:00Z' } })
    expect(problems).toEqual([{ field, problem: 'is not known', remedy: 'write After' }])
  })

  it('and each that it has is taken', () => {
    const lists = searchConditions.map((name) => [name, ['x']])
    const spans = searchSpans.map((name) => [name, { After: '2026-01-01T00:00:00Z' }])
    expect(problemsIn(Object.fromEntries([...lists, ...spans]))).toEqual([])
  })
})

it.each([
  [
    'request.FileId',
    { FileId: 5285485487985271 },
    'is a number, not a string',
    /as a string: a number loses digits$/,
  ],
  [
    'request.SessionContext',
    { SessionContext: { order: 1 } },
    'is an object, not a string',
    /JSON.stringify/,
  ],
  ['request.TasksPriority', { TasksPriority: 11 }, 'is 11', /^pass a whole number from -10 to 10$/],
  [
    'request.TasksNotifyMode',
    { TasksNotifyMode: 'Never' },
    'is not a known value',
    /^pass Finish, Change or None$/,
  ],
  [
    'request.ProcedureName',
    { ProcedureName: undefined },
    'is missing',
    /^pass the name of a task flow template$/,
  ],
])('%s: %j', (field, given, problem, remedy) => {
  const problems = problemsOf(() =>
    parseStepInput('ProcessMediaByProcedure', { request: { ...request, ...given } }),
  )
  expect(problems).toEqual([{ field, problem, remedy: expect.stringMatching(remedy) }])
})
