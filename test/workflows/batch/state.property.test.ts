import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BatchInput, BatchState, ItemEnded, ItemStatus } from '../../../src/contract/batch.js'
import { batchWorkOf } from '../../../src/contract/itemWork.js'
import { asItemEnded } from '../../../src/workflows/batch/messages.js'
import {
  begin,
  effectiveWindow,
  endedOf,
  nextDay,
  room,
  runningOf,
  type StartCall,
  silentItems,
  stopReason,
  withEarly,
  withEnded,
  withRead,
  withSaid,
  withStarted,
} from '../../../src/workflows/batch/state.js'
import { manyRuns } from '../../support/manyRuns.js'

const template = { TaskTypes: ['Procedure', 'ReviewAudioVideo'], outputs: [], UpdateTime: '' }
const noon = Date.parse('2026-01-01T12:00:00Z')
const hour = 60 * 60_000
const input: BatchInput = { source: { search: {} }, ProcedureName: 'two', window: 5 }
const ended = (FileId: string, given: Partial<ItemEnded> = {}): ItemEnded => ({
  FileId,
  status: 'succeeded',
  reason: '',
  tasks: 2,
  ...given,
})
const started = (ids: readonly string[]) => ({
  started: ids,
  ended: [],
  skipped: [],
  missing: [],
  repeated: [],
})

/** What a batch lives through, in any order: ids are read, parts begin, runs end, some twice, some before their start is answered. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), count: fc.integer({ min: 0, max: 8 }) }),
  fc.record({
    kind: fc.constant('start' as const),
    fates: fc.array(fc.constantFrom('started', 'skipped', 'missing', 'ended')),
    early: fc.array(fc.nat(30), { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('end' as const),
    which: fc.nat(30),
    status: fc.constantFrom('succeeded', 'failed', 'refused'),
  }),
  fc.record({ kind: fc.constant('beat' as const) }),
)

it('every item is counted once, whatever the order in which things are heard', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      let state: BatchState = begin(input, template, noon)
      let next = 0
      const begun = new Set<string>()
      const said = new Set<string>()
      for (const one of happenings) {
        if (one.kind === 'read') {
          const FileIds = Array.from({ length: one.count }, () => `f${next++}`)
          state = withRead(state, { FileIds, cursor: { read: next } })
        } else if (one.kind === 'beat') state = { ...state, beats: state.beats + 1 }
        else if (one.kind === 'start') {
          const part = state.waiting.slice(0, one.fates.length)
          const of = (fate: string) => part.filter((_, index) => one.fates[index] === fate)
          const answer = {
            ...started(of('started')),
            skipped: of('skipped'),
            missing: of('missing'),
            ended: of('ended').map((FileId) => ended(FileId)),
          }
          let call: StartCall = { since: noon, FileIds: part, early: [] }
          for (const FileId of one.early.map((which) => `f${which}`)) {
            call = withEarly(call, ended(FileId), { state, at: noon })
            state = withSaid(state, ended(FileId), { at: noon, input })
            if (begun.has(FileId)) said.add(FileId)
          }
          const { early } = call
          for (const FileId of [...of('started'), ...of('ended')]) begun.add(FileId)
          for (const FileId of of('ended')) said.add(FileId)
          expect(early.length).toBeLessThanOrEqual(part.length)
          for (const { FileId } of early) if (begun.has(FileId)) said.add(FileId)
          state = withStarted(state, answer, { at: noon, input, early })
        } else {
          const FileId = `f${one.which}`
          if (begun.has(FileId)) said.add(FileId)
          else expect(withSaid(state, ended(FileId), { at: noon, input })).toBe(state)
          state = withSaid(state, ended(FileId, { status: one.status as 'succeeded' }), { at: noon, input })
        }
        expect(endedOf(state.counts)).toBe(said.size)
        expect(runningOf(state)).toBe(begun.size - said.size)
        expect(state.counts.started).toBe(begun.size)
        const { counts } = state
        expect(counts.read).toBe(
          state.waiting.length + counts.started + counts.skipped + counts.missing + counts.repeated,
        )
      }
    }),
  )
})

it('never more at once than the window, and never more tasks than may be made', () => {
  const budget = fc.record({
    window: fc.integer({ min: 1, max: 50 }),
    maxTasks: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    maxTasksPerDay: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    onPartial: fc.constantFrom('accept' as const, 'repair' as const),
  })
  /** Time goes by, items begin, and some end: their submissions were made, and the batch hears of them, or does not. */
  const turn = fc.record({
    hours: fc.integer({ min: 0, max: 9 }),
    ends: fc.array(
      fc.record({
        known: fc.constantFrom('told' as const, 'unsure' as const, 'nothing' as const),
        late: fc.boolean(),
        times: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 10 },
    ),
  })
  fc.assert(
    fc.property(budget, fc.array(turn, { maxLength: 40 }), (given, turns) => {
      const limited: BatchInput = { ...input, ...given }
      const perSubmission = template.TaskTypes.length
      const submissions = given.onPartial === 'repair' ? 3 : 1
      let at = noon
      let state = { ...begin(limited, template, at), window: given.window }
      state = withRead(state, { FileIds: Array.from({ length: 200 }, (_, index) => `f${index}`) })
      // The books of a VOD: each submission of an item is made at its start, or at its end.
      const made: number[] = []
      const begunAt = new Map<string, number>()
      for (const { hours, ends } of turns) {
        at += hours * hour
        const ids = state.waiting.slice(0, room(state, limited, at))
        state = withStarted(state, started(ids), { at, input: limited })
        for (const FileId of ids) begunAt.set(FileId, at)
        expect(runningOf(state)).toBeLessThanOrEqual(given.window)
        const running = Object.keys(state.running)
        for (const [index, { known, late, times }] of ends.entries()) {
          const FileId = running[index]
          if (FileId === undefined) continue
          const sent = Math.min(times, submissions)
          const when = late ? at : (begunAt.get(FileId) ?? at)
          for (let task = 0; task < sent * perSubmission; task++) made.push(when)
          const how: Partial<ItemEnded> = {
            told: { tasks: sent * perSubmission, lastMadeAt: when },
            unsure: { tasks: (sent - 1) * perSubmission, unsure: 1 },
            nothing: {},
          }[sent === 0 && known === 'unsure' ? 'nothing' : known]
          const status = sent === 0 ? 'refused' : 'failed'
          const { tasks: _, ...bare } = ended(FileId, { status: known === 'told' ? status : 'unknown' })
          state = withSaid(state, { ...bare, ...how }, { at, input: limited })
        }
        const worst = runningOf(state) * submissions * perSubmission
        expect(made.length).toBeLessThanOrEqual(state.counts.tasks)
        expect(state.counts.tasks + worst).toBeLessThanOrEqual(given.maxTasks ?? Number.POSITIVE_INFINITY)
        const today = new Date(at).toISOString().slice(0, 10)
        const madeToday = made.filter((one) => new Date(one).toISOString().startsWith(today)).length
        expect(madeToday + worst).toBeLessThanOrEqual(given.maxTasksPerDay ?? Number.POSITIVE_INFINITY)
      }
      if (turns.every(({ ends }) => ends.every(({ known }) => known === 'told')))
        expect(state.counts.tasks).toBe(made.length)
    }),
    { numRuns: manyRuns(500) },
  )
})

it.each([
  ['what two submissions can make', { tasks: 4, unsure: 1, lastMadeAt: noon }, true],
  ['what no run can make', { tasks: 1e9 }, false],
  ['more submissions than a run has', { unsure: 1e9 }, false],
  ['a time that no date has', { lastMadeAt: Number.MAX_SAFE_INTEGER }, false],
  ['less than nothing', { tasks: -5 }, false],
])('a run says how it ended: %s', (_, counts, isTaken) => {
  const work = batchWorkOf(input)
  const said = asItemEnded({ ...ended('f1'), ...counts, of: work }, work)
  expect(said).toEqual(isTaken ? { ...ended('f1'), ...counts } : undefined)
})

describe('it stops', () => {
  const after = (good: number, bad: number, more: Partial<BatchInput> = {}) => {
    const ids = Array.from({ length: good + bad }, (_, index) => `f${index}`)
    let state = withStarted(
      withRead(begin(input, template, noon), { FileIds: [...ids, 'left'] }),
      started(ids),
      { at: noon, input },
    )
    ids.forEach((FileId, index) => {
      state = withEnded(state, ended(FileId, { status: index < good ? 'succeeded' : 'failed' }), {
        at: noon,
        input,
      })
    })
    return stopReason(state, { ...input, ...more })
  }
  it.each([
    [19, 0, {}, false],
    [10, 9, {}, false],
    [17, 3, {}, true],
    [18, 2, {}, false],
    [0, 20, { stopAtFailedPercent: 100 }, false],
    [10, 0, { maxTasks: 21 }, true],
    [0, 0, { maxTasksPerDay: 1 }, true],
    [0, 0, { maxTasksPerDay: 2 }, false],
    [0, 0, { maxTasksPerDay: 5, onPartial: 'repair' as const }, true],
    [10, 0, { maxTasks: 22 }, false],
  ])('%s good, %s bad, %j: %s', (good, bad, more, stops) => {
    expect(after(good, bad, more) !== undefined).toBe(stops)
  })
})

it('where VOD takes longer than a day for an item, fewer are begun', () => {
  const window = (meanMs: number) => effectiveWindow({ window: 100, meanMs })
  expect([window(0), window(24 * hour), window(48 * hour), window(10_000 * hour)]).toEqual([100, 100, 50, 1])
})

it('waits for the next day of UTC once its tasks are made', () => {
  const daily = { ...input, maxTasksPerDay: 4 }
  const read = withRead(begin(daily, template, noon), { FileIds: ['a', 'b', 'c'] })
  const used = withStarted(read, started(['a', 'b']), { at: noon, input: daily })
  expect(nextDay(read, daily, noon)).toBeUndefined()
  expect(room(used, daily, noon)).toBe(0)
  expect(nextDay(used, daily, noon)).toBe(Date.parse('2026-01-02T00:00:00Z'))
  // What runs into the next day may be submitted there.
  const tomorrow = noon + 12 * hour
  expect(room(used, daily, tomorrow)).toBe(0)
  const over = withEnded(used, ended('a', { lastMadeAt: noon }), { at: tomorrow, input: daily })
  expect(room(over, daily, tomorrow)).toBe(1)
  expect(room(withEnded(used, ended('a'), { at: tomorrow, input: daily }), daily, tomorrow)).toBe(0)
})

describe('what a signal says of an end is believed as far as it can be so', () => {
  const daily: BatchInput = { ...input, maxTasks: 4, maxTasksPerDay: 4 }
  const read = withRead(begin(daily, template, noon), { FileIds: ['a', 'b', 'c', 'd'] })
  const running = withStarted(read, started(['a', 'b']), { at: noon, input: daily })
  const told = (FileId: string, given: Partial<ItemEnded>, at = noon) =>
    withSaid(running, ended(FileId, given), { at, input: daily })

  it('an item that waits has not ended', () => {
    expect(told('c', {})).toBe(running)
    const call: StartCall = { since: noon, FileIds: ['d'], early: [] }
    expect(withEarly(call, ended('c'), { state: running, at: noon })).toBe(call)
  })

  it.each<[ItemStatus, Partial<ItemEnded>, number]>([
    ['succeeded', { tasks: 0 }, 2],
    ['partial', { tasks: 1 }, 2],
    ['failed', { tasks: 0 }, 2],
    ['aborted', { tasks: 0, unsure: 1 }, 2],
    ['succeeded', { tasks: 6 }, 6],
    ['refused', { tasks: 0 }, 0],
    ['canceled', { tasks: 1 }, 1],
    ['unknown', { tasks: 0, unsure: 1 }, 2],
    ['unknown', { tasks: 0 }, 2],
    ['detached', { tasks: 1 }, 2],
  ])('%s with %j counts %s', (status, given, tasks) => {
    expect(told('a', { status, ...given }).counts.tasks).toBe(tasks)
    const call: StartCall = { since: noon, FileIds: ['c'], early: [] }
    const { early } = withEarly(call, ended('c', { status, ...given }), { state: running, at: noon })
    const next = withStarted(running, started(['c']), { at: noon, input: daily, early })
    expect(next.counts.tasks).toBe(tasks)
  })

  it.each([0, noon - 48 * hour, 8.64e15])(
    'made at %s counts today, when it was started today',
    (lastMadeAt) => {
      expect(told('a', { lastMadeAt }).day).toEqual({ date: '2026-01-01', tasks: 4 })
      const call: StartCall = { since: noon, FileIds: ['c'], early: [] }
      const { early } = withEarly(call, ended('c', { lastMadeAt }), { state: running, at: noon })
      const next = withStarted(running, started(['c']), { at: noon, input: daily, early })
      expect(next.day.tasks).toBe(6)
    },
  )

  it('of what is looked up the time is its own: a batch that was reset finds what it made days before', () => {
    const before = ended('c', { lastMadeAt: noon - 48 * hour })
    const part = { ...started([]), ended: [before] }
    expect(withStarted(running, part, { at: noon, input: daily }).day.tasks).toBe(4)
  })
})

it('a run is silent after a whole beat', () => {
  const state = withStarted(withRead(begin(input, template, noon), { FileIds: ['a'] }), started(['a']), {
    at: noon,
    input,
  })
  expect([0, 1, 2].map((beats) => silentItems({ ...state, beats }))).toEqual([[], [], ['a']])
})
