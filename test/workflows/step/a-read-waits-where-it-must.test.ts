import { describe, expect, it } from 'vitest'
import { defaultDelays } from '../../../src/contract/delays.js'
import type { HintSource } from '../../../src/contract/hint.js'
import type { Effect, ReadEffect, SubmitRequest } from '../../../src/workflows/step/state.js'
import {
  accepted,
  bornAt,
  duplicate,
  hint,
  hour,
  procedureId,
  read,
  reading,
  reviewId,
  seen,
  TestStep,
  waiting,
} from '../../support/step.js'

function theRead(effects: readonly Effect[]): ReadEffect {
  const [only, ...more] = effects.filter((effect) => effect.do === 'read')
  if (!only || more.length > 0) throw new Error(`not one read: ${JSON.stringify(effects)}`)
  return only
}

const { lag, polls } = defaultDelays

describe('a read', () => {
  it.each<[HintSource | undefined, boolean]>([
    ['push', true],
    ['pull', true],
    ['sweep', false],
    [undefined, false],
  ])('after a hint of %s is made by the worker that has the run: %s', (via, here) => {
    const step = waiting(procedureId)
    const given = step.give({ type: 'hint', hint: hint(procedureId, via ? { via } : {}) })
    expect(theRead(given)).toMatchObject({ here, input: { waits: lag, untilTerminal: false } })
  })

  it('at a look waits in the queue, and for nothing else', () => {
    const step = waiting(procedureId)
    const given = step.give({ type: 'woke' }, bornAt + 6 * hour)
    expect(theRead(given)).toMatchObject({ here: false, input: { waits: [], untilTerminal: false } })
  })

  it('waits for the end where no event can come', () => {
    const step = new TestStep({ callbacks: false })
    const { here, input } = theRead(step.give(accepted(procedureId)))
    expect(here).toBe(false)
    expect(input).toEqual({ FileId: '528', waits: polls, lag, untilTerminal: true })
  })

  it.each<[SubmitRequest, string | undefined]>([
    [{ action: 'ProcessMedia', input: { request: { FileId: '528' } } }, '528'],
    [{ action: 'ReviewAudioVideo', input: { request: { FileId: '528' } } }, '528'],
    // Its task flows are about the new media.
    [{ action: 'SplitMedia', input: { request: { FileId: '528', Segments: [] } } }, undefined],
  ])('names the file of the request if every task is about it: %j', (send, FileId) => {
    const step = new TestStep({ origin: { kind: 'submit', send }, callbacks: false })
    expect(theRead(step.give(accepted(procedureId))).input.FileId).toBe(FileId)
  })

  it('of an adopted task gives up an id that names none', () => {
    const step = new TestStep({ origin: { kind: 'adopt', TaskId: 'theirs' }, callbacks: false })
    expect(theRead(step.effects).input).toMatchObject({ unseenMs: 180_000 })
  })

  it.each([
    [true, lag.slice(0, 2)],
    [false, lag.slice(0, 1)],
  ])('after an abort (taken: %s) waits as long as a detail may lag behind it', (aborted, waits) => {
    const step = waiting(procedureId)
    step.give({ type: 'cancel' })
    const given = step.give({ type: 'abortAnswered', TaskId: procedureId, aborted })
    expect(theRead(given)).toMatchObject({ here: false, input: { waits } })
  })

  it.each([
    [3, undefined],
    [6, 40 * 1024],
  ])('of one of %i tasks keeps at most %s bytes', (number, maxBytes) => {
    const step = waiting(...Array.from({ length: number }, (_, n) => `task-${n}`))
    expect(theRead(step.give({ type: 'hint', hint: hint('task-0') })).input.maxBytes).toBe(maxBytes)
  })
})

describe('a read that the worker could not make itself', () => {
  const unread = (TaskId: string) => ({ type: 'unread', TaskId }) as const
  const readHere = (...TaskIds: string[]) => {
    const step = waiting(...TaskIds)
    const { input } = theRead(step.give({ type: 'hint', hint: hint(procedureId, { via: 'push' }) }))
    return { step, input }
  }

  it('is the same one in the queue', () => {
    const { step, input } = readHere(procedureId)
    expect(step.give(unread(procedureId))).toEqual([
      { do: 'read', TaskId: procedureId, cause: 'hint', here: false, input },
    ])
    expect(step.give(seen())).toMatchObject([{ do: 'finish', outcome: { endedBy: 'push' } }])
  })

  it('is made for a task that a hint only claims', () => {
    const step = new TestStep({ FileId: '' })
    step.give(duplicate, bornAt)
    step.give({ type: 'found', tasks: [], missing: ['Procedure'] }, bornAt)
    step.give({ type: 'hint', hint: hint('claimed', { via: 'push' }) })
    expect(step.give(unread('claimed'))).toEqual([read('claimed', 'hint')])
  })

  it('is made no more once its task is over, aborted or unknown', () => {
    const { step } = readHere(procedureId, reviewId)
    step.give(seen())
    expect(step.give(unread(procedureId))).toEqual([])
    expect(step.give(unread('unknown'))).toEqual([])
    step.give({ type: 'hint', hint: hint(reviewId, { via: 'push' }) })
    step.give({ type: 'cancel' })
    expect(step.give(unread(reviewId))).toEqual([])
    step.give({ type: 'abortAnswered', TaskId: reviewId, aborted: true })
    expect(step.give(unread(reviewId))).toEqual([])
    step.give(seen(reading(reviewId)))
    expect(step.state.phase).toBe('settled')
  })
})
