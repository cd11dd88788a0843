import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DecisionRefusedError, type GateView } from '../../src/client/index.js'
import { moderationOf } from '../../src/contract/moderation.js'
import type { ModerationResult, ModerationVerdict } from '../../src/contract/outcome.js'
import { reading, verdict } from '../support/step.js'
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

/** What an outcome says where moderation said this of the film, or of the film and something else. */
const said = (Suggestion: string, ...others: ModerationVerdict[]): ModerationResult | undefined => {
  const segment = {
    StartTimeOffset: 0,
    EndTimeOffset: 1,
    Confidence: 75,
    Suggestion,
    Label: 'Porn',
    Form: 'Image',
    Text: '',
    Url: 'https://vod.example/still.jpg',
    PicUrlExpireTime: '2026-12-01T00:00:00Z',
  }
  const film = verdict('Media', Suggestion, {
    Label: 'Porn',
    Form: 'Image',
    segments: [segment],
    SegmentSetFileUrl: 'https://vod.example/segments.json',
    SegmentSetFileUrlExpireTime: '2026-12-02T00:00:00Z',
  })
  const verdicts = [film, ...others]
  return moderationOf([{ TaskType: 'ReviewAudioVideo', reading: reading('R', { verdicts }) }])
}

const approve = { gate: 'review', decision: 'approved', by: 'ada', reason: 'a beach, nothing more' } as const
const decided = (workflowId: string) => system.vodflow.client.workflow.getHandle(workflowId).result()

/** Until the gate is open. */
const opened = async (workflowId: string) => {
  await expect.poll(async () => (await system.vodflow.gates(workflowId)).length).toBe(1)
  return (await system.vodflow.gates(workflowId))[0]
}

describe('the worst verdict counts, whatever it is of', () => {
  it.each([
    ['pass', 'Cover', 'block', 'rejected', 'The policy says block, VOD block Ad (Cover)'],
    ['pass', 'Cover', 'pass', 'approved', 'The policy says pass, VOD pass'],
    ['block', 'Cover', 'pass', 'rejected', 'The policy says block, VOD block Porn (Media)'],
    ['pass', 'Porn.Asr', 'block', 'rejected', 'The policy says block, VOD block Ad (Porn.Asr)'],
  ])('film %s, %s %s: %s', async (film, of, Suggestion, decision, reason) => {
    const moderation = said(film, verdict(of, Suggestion, { Label: 'Ad' }))
    expect(await theirs.run('gated', { moderation })).toMatchObject({ decision, reason, decidedBy: 'policy' })
  })

  it.each([
    ['pass', 'block', 'rejected'],
    ['review', 'BLOCK', 'rejected'],
    ['block', 'pass', 'rejected'],
    ['pass', 'PASS', 'approved'],
  ])(
    '%s of moderation that was put together, with a verdict %s: %s',
    async (Suggestion, inside, decision) => {
      const moderation = { Suggestion, verdicts: [verdict('Media', inside)] }
      expect(await theirs.run('gated', { moderation })).toMatchObject({ decision, decidedBy: 'policy' })
    },
  )

  it('and a person sees them all, also one that is missing', async () => {
    const moderation = said('pass', verdict('Political.Ocr'), verdict('Cover', 'review'))
    const workflowId = await theirs.start('gated', { moderation })
    const gate = await opened(workflowId)
    expect(gate).toMatchObject({ Suggestion: 'review' })
    expect(gate?.verdicts.map(({ of, Suggestion }) => [of, Suggestion])).toEqual([
      ['Cover', 'review'],
      ['Political.Ocr', undefined],
      ['Media', 'pass'],
    ])
    await system.vodflow.decide(workflowId, approve)
  })
})

const withSegments = (Suggestion: string, ...found: (string | undefined)[]) => ({
  ...verdict('Media', Suggestion),
  segments: found.map((each) => ({ StartTimeOffset: 0, EndTimeOffset: 1, Confidence: 90, Suggestion: each })),
})

it.each([
  ['pass', ['pass', 'PASS'], 'approved'],
  ['block', ['block', 'review', 'pass'], 'rejected'],
])('a verdict %s with segments %j is %s', async (Suggestion, segments, decision) => {
  const moderation = { Suggestion, verdicts: [withSegments(Suggestion, ...segments)] }
  expect(await theirs.run('gated', { moderation })).toMatchObject({ decision, decidedBy: 'policy' })
})

describe('what cannot be meant is refused at once, and named', () => {
  it.each([
    [{ deadline: 'soon' }, 'deadline'],
    [{ remindAfter: ['soon'] }, 'remindAfter.0'],
    [{ remindAfter: 4 }, 'remindAfter'],
    [{ escalateAfter: -1 }, 'escalateAfter'],
    [{ moderation: {} }, 'moderation.Suggestion'],
    [{ moderation: { Suggestion: 'pass' } }, 'moderation.verdicts'],
    [{ moderation: 'pass' }, 'moderation'],
    [
      { moderation: { Suggestion: 'pass', verdicts: [{ Suggestion: 5 }] } },
      'moderation.verdicts.0.Suggestion',
    ],
    ...['block', 'review', 'odd'].map((Suggestion): [object, string] => [
      { moderation: { Suggestion: 'pass', verdicts: [withSegments('pass', undefined, 'pass', Suggestion)] } },
      'moderation.verdicts.0.segments.2.Suggestion: is worse than that of its verdict; pass the moderation',
    ]),
    [
      { moderation: { Suggestion: 'review', verdicts: [withSegments('Review', 'BLOCK')] } },
      'moderation.verdicts.0.segments.0.Suggestion: is worse than that of its verdict',
    ],
    [{ gate: '' }, 'gate'],
    [{ policy: 'pass' }, 'policy'],
    [{ onEvent: 'notify' }, 'onEvent'],
    [{ onDeadline: 'maybe' }, 'onDeadline'],
    [{ onDeadLine: 'approved' }, 'onDeadLine'],
    [{ polcy: 'lenient' }, 'polcy'],
    [{ deadline: 72 }, 'deadline: is 72 ms; pass milliseconds, or a text such as "72 hours", from 1 second'],
    [{ deadline: '1 s', escalateAfter: '24 hours' }, 'escalateAfter: is not before the deadline'],
    [{ deadline: 5_000, escalateAfter: '5 s' }, 'escalateAfter: is not before the deadline'],
    [{ escalateAfter: '72 hours' }, 'escalateAfter: is not before the deadline'],
    [{ deadline: 5_000, remindAfter: [1_000, '5 s'] }, 'remindAfter.1: is not before the deadline'],
    [{ remindAfter: ['96 hours'] }, 'remindAfter.0: is not before the deadline'],
  ])('%j', async (given, problem) => {
    await expect(theirs.run('gated', { moderation: undefined, ...given })).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringMatching(new RegExp(`^${problem}\\b`)) },
    })
  })
})

describe('the policy decides alone', () => {
  it.each([
    ['pass', 'approved'],
    ['block', 'rejected'],
    ['BLOCK', 'rejected'],
  ])('%s is %s at once', async (Suggestion, decision) => {
    expect(await theirs.run('gated', { moderation: said(Suggestion) })).toMatchObject({
      decision,
      decidedBy: 'policy',
      by: 'policy',
    })
  })

  it('and rejects what VOD blocks, also without a verdict', async () => {
    const moderation = { Suggestion: 'block', verdicts: [] }
    expect(await theirs.run('gated', { moderation })).toMatchObject({ decision: 'rejected' })
  })

  it('but approves nothing without a verdict, whatever it returns', async () => {
    const moderation = { Suggestion: 'pass', Label: 'Ad', verdicts: [] }
    const workflowId = await theirs.start('lenient', { moderation })
    expect(await opened(workflowId)).toMatchObject({ status: 'open' })
    await system.vodflow.decide(workflowId, approve)
  })

  it('and may be any code over label and confidence', async () => {
    expect(await theirs.run('lenient', { moderation: { ...said('review'), Label: 'Ad' } })).toMatchObject({
      decision: 'approved',
    })
  })
})

describe('a policy that returns no verdict decides nothing', () => {
  it.each([
    ['async', 'returned a promise'],
    ['failing', 'returned a promise'],
    ['boolean', 'returned a boolean'],
    ['upperCase', 'returned "PASS"'],
    ['inherited', 'returned "constructor"'],
    ['nothing', 'returned null'],
    ['object', 'returned an object'],
  ])('%s: the run fails and names it', async (kind, problem) => {
    await expect(theirs.run('misjudged', said('pass'), kind)).rejects.toMatchObject({
      cause: {
        type: 'InvalidInput',
        message: expect.stringContaining(`policy: ${problem}; return pass, block or review`),
      },
    })
  })

  it('undefined leaves the decision to a person', async () => {
    const workflowId = await theirs.start('undecided', said('pass'))
    expect(await opened(workflowId)).toMatchObject({ status: 'open' })
    await system.vodflow.decide(workflowId, approve)
  })
})

describe('a person decides', () => {
  it.each([
    ['review', said('review')],
    ['an unknown word', said('perhaps')],
    ['no verdict at all', undefined],
    ['pass, without a verdict', { Suggestion: 'pass', verdicts: [] }],
    ['PASS, without a verdict', { Suggestion: 'PASS', verdicts: [] }],
  ])('where VOD says %s: who, when and why is kept', async (_, moderation) => {
    const workflowId = await theirs.start('gated', { moderation, subject: { FileId: '528' } })
    expect(await opened(workflowId)).toMatchObject({ status: 'open', subject: { FileId: '528' } })
    const decision = await system.vodflow.decide(workflowId, approve)
    expect(decision).toMatchObject({
      decision: 'approved',
      decidedBy: 'person',
      by: 'ada',
      reason: approve.reason,
    })
    expect(await decided(workflowId)).toEqual(decision)
  })

  it('with links to look at, and until when they can be', async () => {
    const workflowId = await theirs.start('gated', { moderation: said('review') })
    expect((await opened(workflowId))?.evidence).toEqual([
      {
        what: expect.stringContaining('0 to 1 s'),
        url: 'https://vod.example/still.jpg',
        expireTime: '2026-12-01T00:00:00Z',
      },
      {
        what: 'Media: all segments',
        url: 'https://vod.example/segments.json',
        expireTime: '2026-12-02T00:00:00Z',
      },
    ])
    await system.vodflow.decide(workflowId, approve)
  })

  it('once: the same again has the same answer, another is refused and told who was first', async () => {
    const workflowId = await theirs.start('gated', { moderation: said('review') })
    await opened(workflowId)
    const first = await system.vodflow.decide(workflowId, approve)
    expect(await system.vodflow.decide(workflowId, approve)).toEqual(first)
    const late = await system.vodflow
      .decide(workflowId, { ...approve, decision: 'rejected', by: 'bob' })
      .catch((error) => error)
    expect(late).toBeInstanceOf(DecisionRefusedError)
    await decided(workflowId)
  })

  it('while the workflow goes on, the refusal names the decision that stands', async () => {
    const workflowId = await theirs.start('lingers', { moderation: said('review') })
    await opened(workflowId)
    const first = await system.vodflow.decide(workflowId, approve)
    const error = await system.vodflow
      .decide(workflowId, { ...approve, decision: 'rejected', by: 'bob' })
      .catch((error) => error)
    expect(error).toMatchObject({ name: 'DecisionRefusedError', earlier: first })
    expect(error.message).toContain('approved already, by ada')
    expect(await decided(workflowId)).toEqual(first)
  })

  it('and two gates of one run need names', async () => {
    const workflowId = await theirs.start('twoGates', { moderation: said('review') })
    const error = await decided(workflowId).catch((error) => error)
    expect(String(error.cause?.message)).toContain('is the name of another gate')
  })

  it.each([
    [{ gate: 'other' }, 'has no gate "other"'],
    [{ reason: ' ' }, 'reason'],
    [{ by: 'x'.repeat(201) }, 'by'],
    [{ decision: 'maybe' as 'approved' }, 'approved or rejected'],
    [{ runId: '01998a54-0000-7000-8000-000000000000' }, 'the run has ended or does not exist'],
  ])('%j is refused, and says what is wrong', async (given, words) => {
    const workflowId = await theirs.start('gated', { moderation: said('review') })
    await opened(workflowId)
    const before = await system.historyOf({ workflowId } as never)
    await expect(system.vodflow.decide(workflowId, { ...approve, ...given })).rejects.toThrow(words)
    const refused = (await system.historyOf({ workflowId } as never)).filter((type) =>
      type.includes('UpdateAccepted'),
    )
    expect(refused).toEqual([])
    expect(before.length).toBeGreaterThan(0)
    await system.vodflow.decide(workflowId, approve)
  })

  it.each([
    [{ run_id: 'x' }, 'run_id: is not known; write runId'],
    [{ runID: 'x' }, 'runID: is not known; write runId'],
    [{ Gate: 'review' }, 'Gate: is not known; write gate'],
    [{ runId: null }, 'runId: is null, not a string'],
    [{ by: 'policy' }, 'by: is reserved for gates that decide without a person'],
    [{ by: ' Deadline' }, 'by: is reserved for gates that decide without a person'],
    [{ by: 'policy\u200b' }, 'by: has an invisible character; pass the name of the person'],
    [{ by: 'a\u202eda' }, 'by: has an invisible character'],
    [{ by: 'ada\ud83d' }, 'by: has half of a surrogate pair'],
    [{ reason: '\udc00' }, 'reason: has half of a surrogate pair'],
  ])('%j that another program sends is refused, and the gate stays open', async (given, words) => {
    const workflowId = await theirs.start('gated', { moderation: said('review') })
    const seen = await opened(workflowId)
    const handle = system.vodflow.client.workflow.getHandle(workflowId)
    const sent = handle.executeUpdate('vodflow.decide', { args: [{ ...approve, ...given }] })
    await expect(sent).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining(words) },
    })
    expect(await opened(workflowId)).toEqual(seen)
    const unknown = { ...approve, ticket: 'T-1', runId: seen?.runId }
    await handle.executeUpdate('vodflow.decide', { args: [unknown] })
    expect(await decided(workflowId)).toMatchObject({ by: 'ada', decidedBy: 'person' })
  })

  it('not where the gate was given up', async () => {
    const workflowId = await theirs.start('givesUp', { moderation: said('review') })
    await expect.poll(async () => (await system.vodflow.gates(workflowId))[0]?.status).toBe('canceled')
    await expect(system.vodflow.decide(workflowId, approve)).rejects.toThrow('was canceled')
    expect(await decided(workflowId)).toBe('canceled')
  })
})

describe('a workflow that continues as new has a gate for each film', () => {
  const next = (workflowId: string) => system.vodflow.client.workflow.getHandle(workflowId).signal('film')
  const at = async (workflowId: string) => (await system.vodflow.gates(workflowId))[0]

  /** The first film waits at its gate; what people see there. */
  async function firstOfTwo(): Promise<{ workflowId: string; seen: GateView }> {
    const workflowId = await theirs.start('filmByFilm', ['X', 'Y'])
    await next(workflowId)
    return { workflowId, seen: (await opened(workflowId)) as GateView }
  }

  /** The run of the second film, whose gate is not open yet. */
  const ofTheSecond = (workflowId: string) => expect.poll(() => at(workflowId)).toBeUndefined()

  it('a decision on one film that comes late does not wait for the next one', async () => {
    const { workflowId } = await firstOfTwo()
    await system.vodflow.decide(workflowId, approve)
    await ofTheSecond(workflowId)
    for (const by of ['ada', 'bob']) {
      await expect(system.vodflow.decide(workflowId, { ...approve, by })).rejects.toThrow(
        'has no gate "review" (no gate has been reached yet)',
      )
    }
    await next(workflowId)
    await expect.poll(async () => (await at(workflowId))?.status).toBe('open')
    await system.vodflow.decide(workflowId, { ...approve, decision: 'rejected' })
    expect(await decided(workflowId)).toMatchObject([{ decision: 'approved' }, { decision: 'rejected' }])
  })

  it('nor does one that another program sends, which names no run', async () => {
    const { workflowId } = await firstOfTwo()
    await system.vodflow.decide(workflowId, approve)
    await ofTheSecond(workflowId)
    const update = system.vodflow.client.workflow
      .getHandle(workflowId)
      .executeUpdate('vodflow.decide', { args: [{ ...approve, by: 'bob' }] })
    await expect(update).rejects.toMatchObject({ cause: { type: 'NoSuchGate' } })
    await system.vodflow.client.workflow.getHandle(workflowId).terminate()
  })

  it('nor does one that another program sends, which names the run of another film', async () => {
    const { workflowId, seen } = await firstOfTwo()
    const handle = system.vodflow.client.workflow.getHandle(workflowId)
    const other = { ...approve, runId: '01998a54-0000-7000-8000-000000000000' }
    await expect(handle.executeUpdate('vodflow.decide', { args: [other] })).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('runId') },
    })
    const right = { ...approve, runId: seen.runId }
    await expect(handle.executeUpdate('vodflow.decide', { args: [right] })).resolves.toMatchObject({
      by: 'ada',
    })
    await handle.terminate()
  })

  it('a decision that names the run that was seen never decides on the next film', async () => {
    const { workflowId, seen } = await firstOfTwo()
    const { runId } = seen
    const first = await system.vodflow.decide(workflowId, { ...approve, runId })
    await ofTheSecond(workflowId)
    await next(workflowId)
    await expect.poll(async () => (await at(workflowId))?.status).toBe('open')
    expect(await system.vodflow.decide(workflowId, { ...approve, runId })).toEqual(first)
    await expect(system.vodflow.decide(workflowId, { ...approve, by: 'bob', runId })).rejects.toMatchObject({
      name: 'DecisionRefusedError',
      earlier: first,
    })
    const second = (await at(workflowId)) as GateView
    expect(second).toMatchObject({ status: 'open', subject: 'Y' })
    expect(second.runId).not.toBe(runId)
    await system.vodflow.decide(workflowId, { ...approve, runId: second.runId })
    await decided(workflowId)
  })
})

it('a run that was continued takes no decision that another program sends for the run before, or for the first one', async () => {
  const workflowId = await theirs.start('filmByFilm', ['X', 'Y', 'Z'])
  const handle = system.vodflow.client.workflow.getHandle(workflowId)
  const seen: string[] = []
  const decide = (runId: string) =>
    handle.executeUpdate('vodflow.decide', { args: [{ ...approve, reason: runId, runId }] })
  for (const film of ['X', 'Y', 'Z']) {
    await expect.poll(async () => (await system.vodflow.gates(workflowId)).length).toBe(0)
    await handle.signal('film')
    const gate = (await opened(workflowId)) as GateView
    expect(gate.subject).toBe(film)
    for (const earlier of seen)
      await expect(decide(earlier)).rejects.toMatchObject({
        cause: { type: 'InvalidInput', message: expect.stringContaining('runId: is not the id of this run') },
      })
    seen.push(gate.runId)
    await decide(gate.runId)
  }
  expect(await decided(workflowId)).toMatchObject(seen.map((reason) => ({ by: 'ada', reason })))
})

const isTimerFired = (type: string) => type.startsWith('timerFired')

describe('nobody decides', () => {
  it('then the deadline does, after reminders and an escalation', async () => {
    const workflowId = await theirs.start('gated', {
      moderation: said('review'),
      remindAfter: [200, 600],
      escalateAfter: 400,
      deadline: 1_000,
    })
    expect(await decided(workflowId)).toMatchObject({
      decision: 'rejected',
      decidedBy: 'deadline',
      by: 'deadline',
    })
    const { events } = await system.vodflow.client.workflow.getHandle(workflowId).fetchHistory()
    expect(events?.filter((event) => event.timerFiredEventAttributes)).toHaveLength(4)
    await expect(system.vodflow.decide(workflowId, approve)).rejects.toThrow(DecisionRefusedError)
  })

  it('also where no worker was there, and a person decides before one is back', async () => {
    const input = { moderation: said('review'), deadline: 1_000, onDeadline: 'rejected' }
    const workflowId = await theirs.start('gated', input)
    await opened(workflowId)
    await theirs.close()
    const fired = async () => (await system.historyOf({ workflowId } as never)).filter(isTimerFired)
    await expect.poll(fired).toHaveLength(1)
    const late = system.vodflow.decide(workflowId, approve).catch((error) => error)
    theirs = await startTheirs(system, 'pipelines')
    expect(await late).toMatchObject({
      name: 'DecisionRefusedError',
      message: expect.stringMatching(/gate "review" is rejected (by|already, by) its deadline/),
    })
    expect(await decided(workflowId)).toMatchObject({ decision: 'rejected', decidedBy: 'deadline' })
  })

  it('as the workflow says', async () => {
    const input = { moderation: said('review'), deadline: 1_000, onDeadline: 'approved' }
    expect(await theirs.run('gated', input)).toMatchObject({ decision: 'approved', decidedBy: 'deadline' })
  })
})

it('a decision for a run that is not there says so', async () => {
  await expect(system.vodflow.decide('nobody', approve)).rejects.toThrow(DecisionRefusedError)
})
