import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let theirs: Theirs

beforeAll(async () => {
  system = await startSystem()
  theirs = await startTheirs(system, 'pipelines')
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})

/** Any JSON in the place of some members, and the members as they are in the place of the others. */
const odd = fc.jsonValue({ maxDepth: 2 })
const often = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd })
const word = often(
  fc.constantFrom(
    'pass',
    'review',
    'block',
    'PASS',
    '',
    'Porn',
    '__proto__',
    'https://vod.example/still.jpg',
  ),
)
const number = often(fc.double({ noNaN: true, noDefaultInfinity: true }))
const maybe = { requiredKeys: [] }
const words = { Suggestion: word, Label: word, Form: word }
const segment = fc.record({
  ...{ StartTimeOffset: number, EndTimeOffset: number, Confidence: number },
  ...{ ...words, Text: word, Url: word, PicUrlExpireTime: word },
})
const verdict = fc.record(
  {
    ...words,
    of: word,
    segments: often(fc.array(often(segment), { maxLength: 2 })),
    SegmentSetFileUrl: word,
    truncated: odd,
  },
  maybe,
)
const whole = fc.record({
  ...words,
  of: word,
  segments: fc.array(segment, { maxLength: 2 }),
  truncated: fc.boolean(),
})
const moderation = fc.oneof(
  odd,
  fc.record({ Suggestion: word, verdicts: fc.array(whole, { maxLength: 3 }) }),
  fc.record({ ...words, verdicts: often(fc.array(often(verdict), { maxLength: 3 })) }, maybe),
)

it('a gate with any JSON as its moderation opens, or names the field', async () => {
  const samples = fc.sample(moderation, { numRuns: 400, seed: 528 })
  const ends = (await theirs.run('gatedByAny', samples)) as string[]
  const wrong = ends.flatMap((end, index) =>
    /^(opened$|InvalidInput moderation(\.[\w.]+)?: )/.test(end) ? [] : [[end, samples[index]]],
  )
  expect(wrong).toEqual([])
  expect(new Set(ends.map((end) => end.split(' ')[0]))).toEqual(new Set(['opened', 'InvalidInput']))
})

it.each([
  [{}, 'of: is missing'],
  [{ segments: undefined }, 'segments: is missing'],
  [{ segments: null }, 'segments: is null, not a list'],
  [{ segments: 'abc' }, 'segments: is a string, not a list'],
  [{ segments: [null] }, 'segments.0: is null, not an object'],
  [
    { segments: [{ StartTimeOffset: 0, EndTimeOffset: 1, Confidence: 1, Url: {} }] },
    'segments.0.Url: is an object, not a string',
  ],
  [{ Label: { toString: 1 } }, 'Label: is an object, not a string'],
])('a verdict with %j is refused, with the field', async (given, problem) => {
  const base = Object.keys(given).length === 0 ? {} : { of: 'Media', segments: [] }
  const verdicts = [{ Suggestion: 'review', ...base, ...given }]
  expect(await theirs.run('gatedByAny', [{ Suggestion: 'review', verdicts }])).toEqual([
    `InvalidInput moderation.verdicts.0.${problem}; pass the moderation of an outcome, or undefined`,
  ])
})

it('a value that JSON cannot hold is refused at any place, with the field, before anything is scheduled', async () => {
  const workflowId = await theirs.start('passesAnything')
  const failures = (await system.vodflow.client.workflow.getHandle(workflowId).result()) as object
  const fields: Readonly<Record<string, string>> = {
    step: 'request.MediaProcessTask.a.0',
    priority: 'request.TasksPriority',
    call: 'request.Tags.0',
    notify: 'data.a.0',
    gate: 'subject.a.0',
  }
  for (const [what, failure] of Object.entries(failures)) {
    const [kind = '', place = ''] = what.split(' in ')
    const field = kind === 'itself' ? fields[place]?.split('.')[0] : fields[place]
    expect([what, failure]).toEqual([
      what,
      expect.stringMatching(new RegExp(`^InvalidInput ${field}: .+; .+`)),
    ])
  }
  expect(failures).toMatchObject({
    'bigint in priority': expect.stringContaining('is a bigint, which JSON cannot hold; pass only strings,'),
    'Promise in notify': expect.stringContaining('; await it'),
    'Map in gate': expect.stringContaining('is of type Map, which JSON cannot hold'),
    'thrower in call': expect.stringContaining('cannot be read (Error: not now)'),
  })
  expect(
    (await system.historyOf({ workflowId } as never)).filter((event) => !/^workflow/.test(event)),
  ).toEqual([])
})
