import { expect, it } from 'vitest'
import { flag, list } from '../../src/contract/check.js'
import { batchState } from '../../src/contract/inputs.js'

const pair = list(flag, { least: 2, most: 3, remedy: 'pass two or three' })
const problems = (value: unknown) => [...pair(value)].map(({ problem }) => problem)

it('a list of a wrong size is refused with its size', () => {
  expect(problems([])).toEqual(['is empty'])
  expect(problems([true])).toEqual(['has 1 member'])
  expect(problems([true, true])).toEqual([])
  expect(problems([true, true, true, true])).toEqual(['has 4 members'])
})

it('the number of tasks of a day in the state of a batch is a count', () => {
  const about = (tasks: number) =>
    [...batchState({ day: { date: '2026-01-01', tasks } })].filter(({ field }) => field === 'day.tasks')
  expect(about(0)).toEqual([])
  expect(about(-1)).toHaveLength(1)
})
