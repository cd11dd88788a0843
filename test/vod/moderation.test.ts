import { expect, it } from 'vitest'
import { suggestionOf, worstModeration } from '../../src/vod/moderation.js'
import type { Moderation, Reading } from '../../src/vod/outcome.js'
import { reading } from '../support/step.js'

const said = (Suggestion: string, cover?: string): Moderation => ({
  Suggestion,
  Label: '',
  Form: '',
  segments: [],
  SegmentSetFileUrl: '',
  SegmentSetFileUrlExpireTime: '',
  ...(cover === undefined ? {} : { cover: { Suggestion: cover, Label: '', Form: '' } }),
})
const review = (id: string, ...verdict: Parameters<typeof said>): Reading =>
  reading(id, { TaskType: 'ReviewAudioVideo', moderation: said(...verdict) })
const silent = reading('silent', { TaskType: 'ReviewAudioVideo' })

it.each([
  ['pass', undefined, 'pass'],
  ['pass', 'pass', 'pass'],
  ['pass', 'review', 'review'],
  ['review', 'block', 'block'],
  ['Block', 'pass', 'block'],
  ['something new', undefined, 'review'],
])('film %s, cover %s: %s', (film, cover, whole) => {
  expect(suggestionOf(said(film, cover))).toBe(whole)
})

it('of several tasks the worst verdict stands, in whatever order they come', () => {
  const pieces = [review('a', 'pass'), review('b', 'block'), review('c', 'review')]
  for (const order of [pieces, [...pieces].reverse(), [pieces[1], pieces[0], pieces[2]]])
    expect(worstModeration(order as Reading[])?.Suggestion).toBe('block')
  expect(worstModeration([review('a', 'pass'), review('b', 'pass', 'block')])?.cover?.Suggestion).toBe(
    'block',
  )
})

it('a task without a verdict is never a pass', () => {
  expect(worstModeration([review('a', 'pass'), silent])).toBeUndefined()
  expect(worstModeration([review('a', 'pass'), undefined])).toBeUndefined()
  expect(worstModeration([review('a', 'block'), silent])?.Suggestion).toBe('block')
  expect(worstModeration([silent])).toBeUndefined()
  expect(worstModeration([])).toBeUndefined()
})
