import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { seldom } from '../../src/callbacks/seldom.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

it('at once, then once a minute, with how often since', () => {
  const said: number[] = []
  const happened = seldom((times) => said.push(times))
  happened()
  expect(said).toEqual([1])
  for (let n = 0; n < 500; n++) happened()
  vi.advanceTimersByTime(59_999)
  happened()
  expect(said).toEqual([1])
  vi.advanceTimersByTime(1)
  happened()
  expect(said).toEqual([1, 502])
  vi.advanceTimersByTime(3_600_000)
  happened()
  expect(said).toEqual([1, 502, 1])
})
