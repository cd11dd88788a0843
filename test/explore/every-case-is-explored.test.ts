import { describe, expect, it } from 'vitest'
import {
  type Case,
  type Combination,
  combinations,
  type Disturbance,
  familyOf,
  idOf,
  nameOf,
  nets,
  operations,
  operationsOf,
  phases,
  type Survey,
} from './dimensions.js'
import { parseId } from './ids.js'
import { disturbedCases, sampleOf, surveysOf } from './plan.js'

const survey: Survey = { own: { waiting: 2, ended: 4 }, parent: { waiting: 2, ended: 3 } }
const every = combinations().flatMap((combination) =>
  disturbedCases(combination, survey, { only: [], scope: 'full' }),
)
const operationCount = phases.reduce((sum, phase) => sum + operations[phase].length, 0)

describe('the plan', () => {
  it('is the product of its dimensions', () => {
    const each = 9 * 3 * 3
    const operated = each * 3 * operationCount
    const retried = each * 3 * 2
    const reset = each * 3 * (2 + 4) * 2
    const parentReset = each * 2 * (2 + 3)
    expect(surveysOf([])).toHaveLength(each * 4)
    expect(every).toHaveLength(operated + retried + reset + parentReset)
  })

  it('names each case once, and finds it by its name', () => {
    const ids = every.map(idOf)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.map((id) => idOf(parseId(id)))).toEqual(ids)
  })

  it.each([
    'x/inline/lost/event/nothing',
    'pullUpload/name/lost/event/retry:ended',
    'pullUpload/inline/lost/event/reset-ended:task-0:excluded',
    'pullUpload/inline/lost/event/parent-ended:task-1',
    'pullUpload/child-id/lost/event/reset-ended:task-1:excluded',
    'pullUpload/inline/lost/event/nothing/else',
  ])('refuses %s', (id) => {
    expect(() => parseId(id)).toThrow(/^--only /)
  })

  it('leaves no operation without a net, whatever the kind, the host or the answer', () => {
    const met = (by: (combination: Combination) => string) => {
      const seen = new Set<string>()
      const note = (combination: Combination, disturbance: Disturbance) =>
        seen.add([by(combination), combination.net, nameOf(disturbance)].join())
      for (const combination of combinations())
        for (const disturbance of operationsOf(combination, 'usual')) note(combination, disturbance)
      return seen.size
    }
    const full = operationCount * nets.length
    expect(met(({ kind }) => kind)).toBe(9 * full)
    expect(met(({ host }) => host)).toBe(3 * full)
    expect(met(({ answer }) => answer)).toBe(3 * full)
  })

  it('takes a part of an id for all that match', () => {
    const only = ['composeMedia/*/lost/event/backoff:reset']
    const found = combinations().flatMap((combination) =>
      disturbedCases(combination, survey, { only, scope: 'full' }),
    )
    expect(found.map(idOf)).toEqual(
      ['inline', 'name', 'child'].map((host) => `composeMedia/${host}/lost/event/backoff:reset`),
    )
    expect(surveysOf(['composeMedia/name'])).toHaveLength(9)
  })

  it('draws the same sample for the same seed, and no case twice', () => {
    const ids = (seed: number) => sampleOf(50, seed).map(idOf)
    expect(ids(1)).toEqual(ids(1))
    expect(ids(1)).not.toEqual(ids(2))
    expect(new Set(ids(1)).size).toBe(50)
  })

  it('draws every sort of disturbance with every answer, however rare it is', () => {
    const meetings = (drawn: readonly Case[]) =>
      new Set(drawn.map(({ answer, disturbance }) => `${familyOf(disturbance)}, ${answer}`))
    const all = meetings(every.filter(({ disturbance }) => !nameOf(disturbance).startsWith('second:')))
    for (const seed of [1, 2, 3]) expect(meetings(sampleOf(all.size, seed))).toEqual(all)
  })

  it('goes on with the others when a sort of disturbance has run out', () => {
    const whole = sampleOf(every.length * 2, 1).map(idOf)
    expect(whole.length).toBeGreaterThan(every.length / 2)
    expect(new Set(whole).size).toBe(whole.length)
  })
})
