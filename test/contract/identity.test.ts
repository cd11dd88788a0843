import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differingFields, fingerprintOf } from '../../src/contract/fingerprint.js'
import {
  ForeignIdentityError,
  type Identity,
  type IdentityHeader,
  identityOf,
  identityOfChild,
  identityOfNext,
  type RunFacts,
  type SubmissionName,
  sessionIdOf,
} from '../../src/contract/identity.js'

const day = 24 * 60 * 60_000
const startedAt = Date.parse('2026-01-01T00:00:00Z')
const F = '01900000-0000-7000-8000-000000000000'

/** A first execution, and what becomes of it; the table of docs/decisions/0035-identity.md. */
const first: RunFacts = {
  workflowId: 'w',
  runId: F,
  firstExecutionRunId: F,
  originalExecutionRunId: F,
  attempt: 1,
  startTime: new Date(startedAt),
}
const reset = (run: RunFacts): RunFacts => ({ ...run, runId: `${run.runId}-reset` })
const retried = (run: RunFacts): RunFacts => ({
  ...run,
  runId: `${run.runId}-retry`,
  originalExecutionRunId: `${run.runId}-retry`,
  continuedFromExecutionRunId: run.runId,
  attempt: run.attempt + 1,
  startTime: new Date(run.startTime.getTime() + 1_000),
})
const continued = (run: RunFacts, at: number): RunFacts => ({
  ...run,
  runId: `${run.runId}-next`,
  originalExecutionRunId: `${run.runId}-next`,
  continuedFromExecutionRunId: run.runId,
  attempt: 1,
  startTime: new Date(at),
})
const child = (of: RunFacts, workflowId = 'child'): RunFacts => {
  const runId = `${of.runId}-child-${workflowId}`
  return {
    ...first,
    workflowId,
    runId,
    firstExecutionRunId: runId,
    originalExecutionRunId: runId,
    parent: of,
    root: of.root ?? of,
  }
}
const step = { parentId: first.workflowId, workflowType: 'processMedia', asked: 'k', before: 0 }
const nameOf = ({ name }: Identity) => name

describe('the name of the work of a run', () => {
  it('is kept by any row of resets and workflow retries, of a first run, a child and a continued one', () => {
    const operation = fc.constantFrom(reset, retried)
    const header = identityOfNext(identityOf(first, undefined), first, startedAt)
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 6 }), fc.nat(2), (operations, kind) => {
        const [run, its] = [
          [first, undefined],
          [child(first), identityOfChild(identityOf(first, undefined), step, startedAt)],
          [continued(first, startedAt), header],
        ][kind] as [RunFacts, Identity | undefined]
        const later = operations.reduce((now, operation) => operation(now), run)
        const retriedAtAll = operations.includes(retried)
        // A reset keeps the headers; so does a retry. Without a header a retry after a reset is named by its first execution.
        expect(nameOf(identityOf(later, its))).toBe(nameOf(identityOf(run, its)))
        expect(identityOf(later, its).fresh).toBe(operations.length === 0)
        if (kind === 0) expect(identityOf(later, its).since).toBe(retriedAtAll ? undefined : startedAt)
      }),
    )
  })

  it('is another one for each continuation, and the same when the run that continues is reset', () => {
    let run = first
    let its: Identity | undefined
    const names = new Set<string | undefined>()
    for (let n = 0; n < 100; n++) {
      const identity = identityOf(run, its)
      names.add(identity.name)
      expect(nameOf(identityOfNext(identityOf(reset(run), its), reset(run), startedAt))).toBe(
        nameOf(identityOfNext(identity, run, startedAt)),
      )
      its = identityOfNext(identity, run, startedAt + n * day)
      run = continued(run, startedAt + n * day)
    }
    expect(names.size).toBe(100)
  })

  it('tells a child from its parent, from the continuation of either, and from its siblings', () => {
    const parent = identityOf(first, undefined)
    const starts = [
      step,
      { ...step, before: 1 },
      { ...step, asked: 'another' },
      { ...step, workflowType: 'another' },
    ]
    const children = starts.map((start) => identityOf(child(first), identityOfChild(parent, start, 0)))
    const continuedChild = continued(child(first), 0)
    const itsNext = identityOf(continuedChild, identityOfNext(children[0] as Identity, child(first), 0))
    const next = identityOf(continued(first, 0), identityOfNext(parent, first, 0))
    const grandchild = identityOf(
      child(child(first)),
      identityOfChild(children[0] as Identity, { ...step, parentId: 'child' }, 0),
    )
    const names = [parent, next, itsNext, grandchild, ...children].map(nameOf)
    expect(new Set(names).size).toBe(names.length)
  })

  it('of a child does not hang on its workflow id, and a header means nothing under another root', () => {
    const header = identityOfChild(identityOf(first, undefined), step, 0)
    expect(identityOf(child(first, 'x'), header)).toEqual(identityOf(child(first, 'y'), header))
    const stranger = { ...first, workflowId: 'of a stranger' }
    expect(nameOf(identityOf(child(stranger), header))).not.toBe(nameOf(identityOf(child(first), header)))
  })

  it('is missing under a cronSchedule, for its children and for what continues it', () => {
    const cron = { ...first, cronSchedule: '0 3 * * *' }
    // A key may name the work of a tick, which has sent nothing before its start.
    const none = { fresh: false, since: first.startTime.getTime() }
    expect(identityOf(cron, undefined)).toEqual(none)
    expect(identityOf({ ...cron, attempt: 2 }, undefined)).toEqual({ fresh: false })
    expect(identityOf(child(cron), identityOfChild(none, step, 0))).toEqual(none)
    expect(identityOf(continued(first, 0), identityOfNext(none, cron, 0))).toEqual(none)
  })

  it('is its own for a run that a worker without the plugin continued', () => {
    const run = continued(first, startedAt + day)
    expect(identityOf(run, undefined)).toEqual({ name: run.runId, fresh: true, since: startedAt + day })
    expect(identityOf(reset(run), undefined)).toMatchObject({ name: run.runId, fresh: false })
  })
})

describe('a header that context propagation has copied', () => {
  const parent = identityOf(first, undefined)
  const toChild = identityOfChild(parent, step, startedAt)
  const toNext = identityOfNext(parent, first, startedAt)
  const next = continued(first, startedAt)
  const middle = child(first, 'middle')
  const ofMiddle = identityOfNext(identityOf(middle, toChild), middle, startedAt)

  it.each<[string, RunFacts, IdentityHeader]>([
    ['from the parent to its children', child(middle), toChild],
    ['two levels down', child(child(middle), 'grandchild'), toChild],
    ['to a child of another root', child({ ...first, workflowId: 'stranger' }), toChild],
    ['from a continuation to its children', child(next), toNext],
    ['from the continuation of a child to its children', child(continued(middle, startedAt)), ofMiddle],
    ['from a child to its sibling that continues', continued(child(first, 'other'), startedAt), ofMiddle],
    ['from a run to what continues its child', continued(child(next), startedAt), toNext],
    ['with no name in it', child(middle), identityOfChild({ fresh: false }, step, startedAt)],
  ])('%s counts for nothing', (_, run, header) => {
    for (const lived of [run, reset(run), retried(run), reset(retried(run))])
      expect(identityOf(lived, header)).toEqual(identityOf(lived, undefined))
    const another = { ...run, ...child(run, 'another'), parent: run.parent, root: run.root } as RunFacts
    expect(nameOf(identityOf(another, header))).not.toBe(nameOf(identityOf(run, header)))
  })

  it.each<[string, RunFacts, IdentityHeader]>([
    ['a child', middle, toChild],
    ['a child of a run that was continued', child(next), identityOfChild(parent, step, startedAt)],
    ['a continuation', next, toNext],
    ['the continuation of a child', continued(middle, startedAt), ofMiddle],
  ])('counts for %s to which it was written, through resets and retries', (_, run, header) => {
    const { name } = identityOf(run, header)
    expect(name).not.toBe(nameOf(identityOf(run, undefined)))
    for (const lived of [reset(run), retried(run), reset(retried(run)), retried(reset(run))])
      expect(nameOf(identityOf(lived, header))).toBe(name)
  })
})

describe('a header of somebody else', () => {
  const by = 'b'.repeat(26)
  it.each([
    ['text', 'x'],
    ['null', null],
    ['a list', []],
    ['a name that is a run id', { by, name: F, fresh: true }],
    ['a name that is no name', { by, name: 'A'.repeat(26), fresh: true }],
    ['no writer', { name: 'a'.repeat(26), fresh: true }],
    ['neither writer nor name', { fresh: false }],
    ['a writer that is no digest', { name: 'a'.repeat(26), fresh: true, by: 'the parent' }],
    ['no word on freshness', { by, name: 'a'.repeat(26) }],
    ['a time that is none', { by, name: 'a'.repeat(26), fresh: true, since: 'yesterday' }],
    ['a time before all times', { by, name: 'a'.repeat(26), fresh: true, since: -1 }],
    ['a doubt without end', { by, name: 'a'.repeat(26), fresh: false, doubtUntil: Number.POSITIVE_INFINITY }],
  ])('with %s is refused', (_, header) => {
    expect(() => identityOf(child(first), header)).toThrow(ForeignIdentityError)
  })

  it('is refused on a run that is neither a child nor continued', () => {
    const header = identityOfNext(identityOf(first, undefined), first, 0)
    expect(() => identityOf(first, header)).toThrow(/pass an idempotencyKey/)
    expect(() => identityOf(reset(first), header)).toThrow(ForeignIdentityError)
  })

  it('never names the work of a run that has none', () => {
    const name = fc.oneof(fc.constant(F), fc.uuid(), fc.stringMatching(/^[a-z2-7]{26}$/), fc.string())
    fc.assert(
      fc.property(name, (name) => {
        try {
          expect(nameOf(identityOf(child(first), { by, name, fresh: true }))).not.toBe(F)
        } catch (error) {
          expect(error).toBeInstanceOf(ForeignIdentityError)
        }
      }),
    )
  })
})

describe('a chain of continuations', () => {
  /** Lives through a chain; `fate` says what an operator does to the run of that generation, at its end. */
  function live(generations: number, fate: (generation: number) => 'reset' | undefined): Identity[] {
    const identities: Identity[] = []
    let run = first
    let its: Identity | undefined
    for (let generation = 0; generation < generations; generation++) {
      const now = startedAt + (generation + 1) * day
      const lived = fate(generation) === 'reset' ? reset(run) : run
      const identity = identityOf(lived, its)
      identities.push(identity)
      its = identityOfNext(identity, lived, now)
      run = continued(run, now)
    }
    return identities
  }

  it('of months is fresh in each run, and no send is older than its run', () => {
    const identities = live(200, () => undefined)
    expect(identities.every(({ fresh }) => fresh)).toBe(true)
    expect(identities.map(({ since }) => since)).toEqual(
      identities.map((_, generation) => startedAt + generation * day),
    )
  })

  it('that was reset doubts for as long as VOD knows what the earlier execution sent, and is fresh again', () => {
    const identities = live(30, (generation) => (generation === 9 ? 'reset' : undefined))
    const fresh = identities.map(({ fresh }) => fresh)
    expect(fresh.slice(0, 9)).toEqual(Array(9).fill(true))
    // The run of day 9 may have had followers before it was reset, and the new ones may be slower than they were.
    expect(fresh.slice(9, 19)).toEqual(Array(10).fill(false))
    expect(fresh.slice(19)).toEqual(Array(11).fill(true))
    for (const { since } of identities.slice(9, 19)) expect(since).toBe(startedAt + 9 * day)
  })
})

const session = fc.oneof(
  fc.record({
    name: fc.oneof(fc.uuid(), fc.stringMatching(/^[a-z2-7]{26}$/)),
    key: fc.string(),
    attempt: fc.integer({ min: 1, max: 999 }),
  }),
  fc.record({
    idempotencyKey: fc.stringMatching(/^[\x21-\x7e]{1,20}$/),
    account: fc.constantFrom('default', 'other'),
    SubAppId: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    action: fc.constantFrom('ProcessMedia' as const, 'PullUpload' as const),
    attempt: fc.integer({ min: 1, max: 3 }),
  }),
) as fc.Arbitrary<SubmissionName>

describe('a SessionId', () => {
  it('is 40 characters that every part of VOD takes, whatever it is made from', () => {
    fc.assert(fc.property(session, (given) => /^[a-z2-7]{40}$/.test(sessionIdOf(given))))
  })

  it('is the same for the same submission and another for any other', () => {
    fc.assert(
      fc.property(session, session, (one, other) => {
        const same =
          JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
        expect(sessionIdOf({ ...one })).toBe(sessionIdOf(one))
        expect(sessionIdOf(one) === sessionIdOf(other)).toBe(same)
      }),
    )
  })

  it('never changes: a changed SessionId would be billed twice for every run that is under way', () => {
    expect(sessionIdOf({ name: F, key: '0/528/TranscodeAndSnapshot', attempt: 1 })).toMatchInlineSnapshot(
      `"3j5fusfpd5nwc3a66eevcvwen5xq3hp2ce5yexbq"`,
    )
  })
})

describe('the fingerprint of a request', () => {
  const asked = { FileId: '528', ProcedureName: 'one', SubAppId: 1, SessionContext: 'x' }

  it.each([
    ['the same', { ...asked, SessionContext: 'other', TasksPriority: 3 }, []],
    ['other media', { ...asked, FileId: '529' }, ['FileId']],
    ['another template', { ...asked, ProcedureName: 'two' }, ['ProcedureName']],
    ['both', { FileId: '1', ProcedureName: 'two' }, ['FileId', 'ProcedureName']],
    ['less', { FileId: '528' }, ['a field that this request does not have']],
    ['more', { ...asked, Definition: 10 }, ['Definition']],
  ])('tells %s', (_, other, fields) => {
    expect(differingFields(fingerprintOf(asked), other)).toEqual(fields)
  })
})
