import { describe, expect, it } from 'vitest'
import { progressOf } from '../../../src/workflows/step/progressOf.js'
import type { Effect, StepEvent, SubmitRequest } from '../../../src/workflows/step/state.js'
import {
  bornAt,
  hint,
  procedureId,
  read,
  reading,
  reviewId,
  SessionId,
  seen,
  TestStep,
  verdict,
} from '../../support/step.js'

const pullId = '1500000001-pull-cccc'
const foreignId = '1500000001-ReviewAudioVideo-foreign'
const send: SubmitRequest = {
  action: 'PullUpload',
  input: { request: { MediaUrl: 'https://example.com/film.mp4', Procedure: 'two' } },
}
const flow = (TaskId: string, TaskType: string, FileId: string) => ({ TaskId, TaskType, FileId })
const pulled = (FileId: string, review = reviewId) =>
  reading(pullId, {
    TaskType: 'PullUpload',
    newFileIds: [FileId],
    FileId,
    started: [flow(procedureId, 'Procedure', FileId), flow(review, 'ReviewAudioVideo', FileId)],
  })
const ofOther = (TaskId: string): StepEvent => ({ type: 'gone', TaskId, ofOtherFile: true })
const passed = reading(reviewId, { FileId: 'Y', verdicts: [verdict('Media', 'pass')] })

/** A pull whose detail has named its new media and its flows. */
function pullNaming(FileId: string, review?: string, callbacks = true): TestStep {
  const step = new TestStep({ origin: { kind: 'submit', send }, FileId: '', flows: 1, callbacks })
  const tasks = [{ TaskId: pullId, TaskType: 'PullUpload', createdAt: bornAt }]
  step.give({ type: 'submitted', submitted: { kind: 'accepted', SessionId, tasks } }, bornAt)
  step.give({ type: 'hint', hint: hint(pullId) })
  step.give(seen(pulled(FileId, review)))
  return step
}

const reads = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.do === 'read' ? [effect.TaskId] : []))

it('each read of a flow says on which file it works', () => {
  const step = pullNaming('Y')
  const [effect] = step.give({ type: 'hint', hint: hint(procedureId) })
  expect(effect).toMatchObject({ do: 'read', input: { FileId: 'Y' } })
})

describe('a flow whose detail is about another file', () => {
  it('makes the step read the task that started it, then the flow, and end if they agree', () => {
    const step = pullNaming('X')
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(ofOther(procedureId))).toEqual([read(pullId, 'dispute')])
    expect(progressOf(step.state).tasks[1]).toMatchObject({
      TaskId: procedureId,
      problem: expect.stringContaining('about another media file'),
    })
    expect(step.give(seen(pulled('Y')))).toContainEqual(read(procedureId, 'dispute'))
    step.give(seen(reading(procedureId, { FileId: 'Y' })))
    expect(progressOf(step.state).nets).toEqual({ dispute: 2 })
    step.give({ type: 'hint', hint: hint(reviewId) })
    expect(step.give(seen(passed))).toMatchObject([
      { do: 'finish', outcome: { status: 'succeeded', FileId: 'Y', newFileIds: ['Y'] } },
    ])
  })

  it.each([true, false])('is lost if they do not, and no file is named; callbacks: %s', (callbacks) => {
    const step = pullNaming('X', reviewId, callbacks)
    for (const TaskId of callbacks ? [procedureId, reviewId] : [])
      step.give({ type: 'hint', hint: hint(TaskId) })
    expect(reads(step.give(ofOther(procedureId)))).toEqual([pullId])
    expect(step.give(ofOther(reviewId))).toEqual([])
    expect(reads(step.give(seen(pulled('X'))))).toEqual([procedureId, reviewId])
    step.give(ofOther(procedureId))
    const [end] = step.give(ofOther(reviewId))
    expect(end).toMatchObject({
      do: 'finish',
      outcome: {
        status: 'unknown',
        reason: expect.stringContaining('names another new media file than the detail of its task flow'),
        newFileIds: [],
      },
    })
    expect(end).not.toHaveProperty('outcome.FileId')
    expect(end).not.toHaveProperty('outcome.moderation')
  })

  it('is dropped if the task that started it names another flow then', () => {
    const step = pullNaming('Y', foreignId)
    step.give({ type: 'hint', hint: hint(procedureId) })
    step.give(seen(reading(procedureId, { FileId: 'Y' })))
    step.give({ type: 'hint', hint: hint(reviewId) })
    expect(step.state.crowdLook).toBeDefined()
    expect(reads(step.give({ type: 'woke' }, step.state.nextWake))).toEqual([foreignId])
    expect(step.give(ofOther(foreignId))).toEqual([read(pullId, 'dispute')])
    expect(reads(step.give(seen(pulled('Y'))))).toEqual([reviewId])
    expect(step.give(seen(passed))).toMatchObject([
      { do: 'finish', outcome: { status: 'succeeded', ReviewAudioVideoTaskId: reviewId } },
    ])
  })

  it.each([true, false])('ends also if VOD shows nothing more; callbacks: %s', (callbacks) => {
    const step = pullNaming('Y', foreignId, callbacks)
    if (callbacks)
      for (const TaskId of [procedureId, foreignId]) step.give({ type: 'hint', hint: hint(TaskId) })
    step.give(seen(reading(procedureId, { FileId: 'Y' })))
    step.give(ofOther(foreignId))
    step.give({ type: 'gone', TaskId: pullId })
    for (let turns = 0; turns < 20 && step.state.phase === 'waiting'; turns++) {
      if (callbacks) step.give({ type: 'woke' }, step.state.nextWake)
      step.give({ type: 'gone', TaskId: pullId }, step.state.nextWake)
      step.give(ofOther(foreignId), step.state.nextWake)
    }
    step.give({ type: 'mediaRead', outputs: [] })
    expect(step.effects).toMatchObject([{ do: 'finish', outcome: { status: 'unknown' } }])
  })

  it('is reported as left by a cancel', () => {
    const step = pullNaming('X')
    step.give({ type: 'cancel' })
    step.give({ type: 'abortAnswered', TaskId: procedureId, aborted: false })
    step.give({ type: 'abortAnswered', TaskId: reviewId, aborted: false })
    step.give(ofOther(procedureId))
    expect(step.give(ofOther(reviewId))).toMatchObject([
      { do: 'finishCanceled', canceled: { left: [procedureId, reviewId] } },
    ])
  })
})

it('a flow that was read before the task that started it is read again if they differ', () => {
  const edit: SubmitRequest = {
    action: 'EditMedia',
    input: { request: { InputType: 'File', FileInfos: [{ FileId: '528' }], ProcedureName: 'one' } },
  }
  const step = new TestStep({ origin: { kind: 'submit', send: edit }, flows: 1 })
  step.give({ type: 'submitted', submitted: { kind: 'duplicate', SessionId } }, bornAt)
  const listed = { createdAt: bornAt, ended: true as const }
  const tasks = [
    { TaskId: procedureId, TaskType: 'Procedure', ...listed },
    { TaskId: 'edit', TaskType: 'EditMedia', ...listed },
  ]
  step.give({ type: 'found', tasks, missing: [] }, bornAt)
  step.give(seen(reading(procedureId, { FileId: 'X' })))
  const started = [flow(procedureId, 'Procedure', 'Y')]
  const edited = reading('edit', { TaskType: 'EditMedia', newFileIds: ['Y'], FileId: 'Y', started })
  expect(reads(step.give(seen(edited)))).toEqual([procedureId])
  expect(step.give(seen(reading(procedureId, { FileId: 'Y' })))).toMatchObject([
    { do: 'finish', outcome: { status: 'succeeded', newFileIds: ['Y'] } },
  ])
})
