import { describe, expect, it } from 'vitest'
import { defaultDelays } from '../../../src/contract/delays.js'
import { progressOf } from '../../../src/workflows/step/progressOf.js'
import { missingOf, unsearched } from '../../../src/workflows/step/search.js'
import {
  type SearchEffect,
  type StepEvent,
  type StepStart,
  type SubmitRequest,
  unknownType,
} from '../../../src/workflows/step/state.js'
import {
  accepted,
  askMedia,
  bornAt,
  duplicate,
  hint,
  hour,
  part,
  procedureId,
  SessionId,
  seen,
  send,
  TestStep,
} from '../../support/step.js'

const stuck: StepEvent = { type: 'unanswered', sent: true, foreign: { SessionId, message: 'stuck' } }

describe('a step whose submit got no answer', () => {
  it('sends the same again, and says that an earlier send may have been accepted', () => {
    const step = new TestStep()
    expect(step.give({ type: 'unanswered', sent: true })).toEqual([{ do: 'submit', send, sent: bornAt }])
    expect(step.give(accepted(procedureId), bornAt)).toMatchObject([{ do: 'wake' }])
  })

  it.each([1, 2, 3, 4])('sends the same again after %i failures that say nothing about VOD', (times) => {
    const step = new TestStep()
    for (let n = 1; n < times; n++) step.give(stuck, bornAt)
    expect(step.give(stuck, bornAt)).toEqual([{ do: 'submit', send, sent: bornAt }])
  })

  it('looks for what was made, and sends no more, after the fifth of them', () => {
    const step = new TestStep()
    for (let n = 1; n < 5; n++) step.give(stuck, bornAt)
    expect(step.give(stuck, bornAt)).toMatchObject([{ do: 'search', send, SessionId }])
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'unknown',
          reason: expect.stringContaining(
            'Procedure may have been made before the submit failed 5 times (stuck) but is not in any listing',
          ),
        },
      },
    ])
  })

  it('sends nothing more once it is detached', () => {
    const step = new TestStep()
    step.give({ type: 'detach' }, bornAt)
    expect(step.give({ type: 'unanswered', sent: true })).toMatchObject([
      { do: 'finish', outcome: { status: 'detached' } },
    ])
  })
})

describe('a step whose submit was a duplicate', () => {
  const task = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt - hour }

  it('searches the tasks, then waits for them from the time VOD made them', () => {
    const step = new TestStep()
    expect(step.give(duplicate)).toMatchObject([{ do: 'search', send, SessionId: 'a'.repeat(40) }])
    expect(step.give({ type: 'found', tasks: [task], missing: [] })).toMatchObject([
      { do: 'wake', at: bornAt + 5 * hour },
    ])
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(seen())).toMatchObject([
      { do: 'finish', outcome: { status: 'succeeded', attempts: [{ recovered: true }] } },
    ])
  })

  it('is unknown, never failed, when nothing is found', () => {
    const step = new TestStep()
    step.give(duplicate)
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [part('succeeded')] })).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'unknown',
          reason: expect.stringContaining('The media file has 1 output'),
          mediaOutputs: [{ Type: 'Transcode' }],
        },
      },
    ])
  })

  it('of which VOD only says now that it refuses it, tells so when nothing is found', () => {
    const step = new TestStep()
    const refusal = 'InvalidParameterValue.ProcedureName'
    step.give({ type: 'submitted', submitted: { kind: 'doubtful', SessionId: 'a'.repeat(40), refusal } })
    step.give({ type: 'found', tasks: [], missing: ['Procedure'] })
    const [finish] = step.give({ type: 'mediaRead', outputs: [] })
    expect(finish).toMatchObject({
      do: 'finish',
      outcome: {
        status: 'unknown',
        reason: expect.stringContaining(refusal),
        attempts: [{ recovered: false }],
      },
    })
  })

  it.each([
    [
      'that VOD refuses now is waited for where only an event can name it',
      { refusal: 'InvalidParameter' },
      'wake',
    ],
    [
      'whose event has come is proved by it, however old it is',
      { refusal: 'DedupExpired', expired: true },
      'wake',
    ],
    ['that is too old for an event is not', { refusal: 'DedupExpired', expired: true }, 'finish'],
  ] as const)('%s', (name, doubt, next) => {
    const split: SubmitRequest = { action: 'SplitMedia', input: { request: { FileId: '528', Segments: [] } } }
    const step = new TestStep({ origin: { kind: 'submit', send: split } })
    step.give({ type: 'submitted', submitted: { kind: 'doubtful', SessionId, ...doubt } })
    if (name.startsWith('whose event')) step.give({ type: 'hint', hint: hint('split') })
    const effects = step.give({ type: 'found', tasks: [], missing: ['SplitMedia'] })
    expect(effects.map((effect) => effect.do)).toContain(next === 'finish' ? 'readMedia' : 'wake')
    expect(effects.some((effect) => effect.do === 'read')).toBe(name.startsWith('whose event'))
  })

  const refused = { message: 'InvalidParameterValue.ProcedureName', type: 'permanent', details: [] }
  const keyed: StepEvent = {
    type: 'submitted',
    submitted: { kind: 'doubtful', SessionId, refusal: refused.message, believedUnlessFound: refused },
  }

  it.each([
    ['whose template makes it', 'Procedure'],
    ['of a template that VOD does not have', unknownType],
  ])('that only another workflow can have sent is refused when no task of it is found, %s', (_, missing) => {
    const step = new TestStep()
    step.give(keyed)
    expect(step.give({ type: 'found', tasks: [], missing: [missing] })).toEqual([{ do: 'refuse', refused }])
  })

  it.each<[string, Partial<StepStart>, string]>([
    ['no listing shows tasks of its type', {}, 'ImportMediaKnowledge'],
    ['the file is not known, so that nothing could be listed', { FileId: '' }, 'Procedure'],
  ])('and is not believed refused where %s', (_, given, TaskType) => {
    const step = new TestStep(given)
    step.give(keyed)
    const effects = step.give({ type: 'found', tasks: [], missing: [TaskType] })
    expect(effects).not.toContainEqual({ do: 'refuse', refused })
    expect(progressOf(step.state).tasks).toMatchObject([{ Status: 'WAITING' }])
  })

  it('and is unknown when the search itself failed', () => {
    const step = new TestStep()
    step.give(keyed)
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'], failed: true })).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      {
        do: 'finish',
        outcome: { status: 'unknown', reason: expect.stringContaining('the search for it failed') },
      },
    ])
  })

  it('and is waited for when there is one', () => {
    const step = new TestStep()
    step.give(keyed)
    expect(step.give({ type: 'found', tasks: [task], missing: [] })).toMatchObject([{ do: 'wake' }])
  })

  it('whose events go to another run is read until it ends', () => {
    const step = new TestStep()
    step.give(duplicate)
    const found = step.give({ type: 'found', tasks: [{ ...task, elsewhere: true }], missing: [] })
    expect(found).toMatchObject([{ do: 'read', TaskId: procedureId, cause: 'poll' }, { do: 'wake' }])
  })

  it('is unknown when the review task is missed, however well the procedure went', () => {
    const step = new TestStep()
    step.give(duplicate)
    step.give({ type: 'found', tasks: [task], missing: ['ReviewAudioVideo'] })
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(seen())).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown', TaskId: procedureId } },
    ])
  })

  it('asks for the media only where it knows one', () => {
    const step = new TestStep({ FileId: '' })
    const refusal = 'ResourceNotFound'
    step.give({ type: 'submitted', submitted: { kind: 'doubtful', SessionId: 'a'.repeat(40), refusal } })
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown' } },
    ])
  })
})

describe('a search', () => {
  const { listings, listingsGiveUp, lag } = defaultDelays
  const keyed = { ...send, input: { ...send.input, idempotencyKey: 'order-7' } } as SubmitRequest
  const pull: SubmitRequest = {
    action: 'PullUpload',
    input: { request: { MediaUrl: 'https://example.com/a.mp4' } },
  }
  const pullWith: SubmitRequest = { ...pull, input: { request: { ...pull.input.request, Procedure: 'two' } } }
  const split: SubmitRequest = { action: 'SplitMedia', input: { request: { FileId: '528', Segments: [] } } }
  const refused = { message: 'ResourceNotFound', type: 'permanent', details: [] }

  const searching = (given: Partial<StepStart>, ...events: StepEvent[]): SearchEffect => {
    const step = new TestStep(given)
    for (const event of events) step.give(event, bornAt)
    const [search] = step.effects
    if (search?.do !== 'search') throw new Error(`no search: ${JSON.stringify(search)}`)
    return search
  }
  const sending = (given: SubmitRequest): Partial<StepStart> => ({ origin: { kind: 'submit', send: given } })

  it.each<[string, SubmitRequest, Partial<SearchEffect>]>([
    ['of the types that its template makes', send, { found: 'listing', template: 'two' }],
    ['of the media that a pull made', pull, { found: 'media', made: ['PullUpload'] }],
    ['of the flows on them too', pullWith, { found: 'media', template: 'two' }],
    ['of what nothing lists', split, { found: 'none', made: ['SplitMedia'] }],
  ])('is %s', (_, given, wanted) => {
    expect(searching(sending(given), duplicate)).toMatchObject(wanted)
    expect('template' in searching(sending(given), duplicate)).toBe('template' in wanted)
  })

  it.each<[string, Partial<StepStart>, number | undefined]>([
    ['this step, in a fresh run', {}, bornAt],
    ['the identity', { identity: { fresh: false, since: bornAt - hour } }, bornAt - hour],
    ['nobody knows what', { identity: { fresh: false } }, undefined],
    ['nobody knows what, under an idempotencyKey', sending(keyed), undefined],
  ])('looks for no task that is older than %s', (_, given, sentSince) => {
    expect(searching(given, duplicate).search.sentSince).toBe(sentSince)
  })

  it('believes the submit activity about that first', () => {
    const submitted = { kind: 'duplicate', SessionId, sentSince: bornAt - 7 } as const
    expect(searching({}, { type: 'submitted', submitted }).search.sentSince).toBe(bornAt - 7)
  })

  it('says under which idempotencyKey, so that another request is noticed', () => {
    expect(searching(sending(keyed), duplicate).search.keyed).toEqual({
      idempotencyKey: 'order-7',
      request: send.input.request,
    })
    expect(searching({}, duplicate).search).not.toHaveProperty('keyed')
  })

  it('takes its time, less for the send of another workflow, and least in a canceled step', () => {
    const long = { search: { waits: listings, giveUpAfter: listingsGiveUp }, settleMs: 60_000, priority: 2 }
    expect(searching({}, duplicate)).toMatchObject(long)
    const doubtful = { kind: 'doubtful', SessionId, refusal: 'no', believedUnlessFound: refused } as const
    expect(searching({}, { type: 'submitted', submitted: doubtful })).toMatchObject(long)
    expect(searching(sending(keyed), { type: 'submitted', submitted: doubtful })).toMatchObject({
      search: { giveUpAfter: 30_000 },
      settleMs: 15_000,
    })
    expect(searching({}, duplicate, { type: 'cancel' })).toMatchObject({
      search: { waits: lag, giveUpAfter: 20_000 },
      templateMs: 10_000,
      priority: 1,
    })
  })

  it('misses what a listing does not show, and of a whole one what no listing shows', () => {
    const tasks = [{ TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt }]
    const types = ['Procedure', 'ReviewAudioVideo', 'ImportMediaKnowledge']
    expect(missingOf({ tasks }, types)).toEqual(['ReviewAudioVideo', 'ImportMediaKnowledge'])
    expect(missingOf({ tasks }, [])).toEqual([unknownType])
  })

  it('shows no type of a task that it could not find', () => {
    const step = new TestStep()
    const [search] = step.give(duplicate)
    expect(step.give({ type: 'found', ...unsearched(search as SearchEffect) })).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'unknown',
          reason: expect.stringContaining('a task of unknown type was made by an earlier send but'),
        },
      },
    ])
    expect(progressOf(step.state).tasks).toEqual([{ Status: 'WAITING', percent: 0 }])
  })
})
