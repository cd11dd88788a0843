import { describe, expect, it } from 'vitest'
import { duration } from '../../src/contract/check.js'
import { type Duration, durationIn, durationsIn, msOf } from '../../src/contract/duration.js'
import { adoptInput, sweepInput } from '../../src/contract/inputs.js'

const hour = 60 * 60_000

describe('a duration', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1_500, 1_500],
    ['5s', 5_000],
    ['1.5 hours', 1.5 * hour],
    ['72 hours', 72 * hour],
    ['30 min', hour / 2],
    ['2 d', 48 * hour],
    ['250ms', 250],
  ])('%s is %i ms', (given, expected) => {
    expect(msOf(given)).toBe(expected)
    expect(durationIn('deadline', given)).toBe(expected)
  })

  it.each([
    ['', 'is not a duration'],
    ['5', 'is not a duration'],
    ['soon', 'is not a duration'],
    ['12 moons', 'is not a duration'],
    ['5 s'.repeat(100), 'is not a duration'],
    [{ hours: 5 }, 'is not a duration'],
    [null, 'is not a duration'],
    [undefined, 'is missing'],
    [Number.NaN, 'is NaN'],
    [-1, 'is -1'],
  ])('is not %j', (given, problem) => {
    const remedy = 'pass milliseconds, or a text such as "72 hours"'
    expect(() => durationIn('deadline', given)).toThrow(`deadline: ${problem}; ${remedy}`)
  })
})

describe('options', () => {
  const defaults = { first: 1, list: [2, 3], most: 4 }
  type Options = { first?: Duration; list?: readonly Duration[]; most?: number }

  it('are in milliseconds, with their defaults', () => {
    const given: Options = { first: '1 s', list: ['2s', 5] }
    expect(durationsIn<Options>('limits', given, defaults)).toEqual({
      first: 1_000,
      list: [2_000, 5],
      most: 4,
    })
    expect(durationsIn<Options>('limits', undefined, defaults)).toEqual(defaults)
  })

  it('name the member that is wrong', () => {
    const given = { list: ['2s', 'soon'] } as unknown as Options
    expect(() => durationsIn<Options>('limits', given, defaults)).toThrow('limits.list.1: is not a duration')
  })
})

describe('an input by name', () => {
  const adopt = (delays: unknown) => [...adoptInput({ TaskId: 't', delays })]

  it('takes numbers and texts', () => {
    expect(adopt({ looks: ['6 hours', 5], giveUp: '7 days', lookJitter: 0.1 })).toEqual([])
    expect([...sweepInput({ account: 'a', times: { interval: '2 min', gracePeriod: 5 } })]).toEqual([])
  })

  it('names the field, the problem and the remedy', () => {
    const remedy = 'pass milliseconds, or a text such as "5 s", from 0 to 400 days'
    expect(adopt({ polls: ['5 s', 'soon'] })).toEqual([
      { field: 'delays.polls.1', problem: 'is not a duration', remedy },
    ])
    expect(adopt({ giveUp: '500 days' })).toEqual([
      { field: 'delays.giveUp', problem: 'is 500 days', remedy },
    ])
  })

  it('has bounds in milliseconds', () => {
    const check = duration({ least: 1_000, most: 60_000, remedy: 'r' })
    expect([...check('1 s'), ...check('1 min')]).toEqual([])
    expect([...check('999ms'), ...check('2 min'), ...check(999)].map(({ problem }) => problem)).toEqual([
      'is 999ms',
      'is 2 min',
      'is 999 ms',
    ])
  })
})
