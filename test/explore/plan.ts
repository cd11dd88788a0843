import { randomFrom } from '../../src/emulator/faults.js'
import {
  type Case,
  type Combination,
  combinations,
  familyOf,
  idOf,
  operationsOf,
  parentResetsOf,
  resetsOf,
  retriesOf,
  type Scope,
  type Survey,
} from './dimensions.js'
import { mayEndUnknown } from './expectation.js'

export interface Asked {
  /** Ids or patterns of them; empty: all. */
  readonly only: readonly string[]
  readonly scope: Scope
}

/** The undisturbed cases that show what the others can be reset to. */
export function surveysOf(only: readonly string[]): Case[] {
  const wanted = only.map((pattern) => patternOf(pattern.split('/').slice(0, 4).join('/')))
  return combinations()
    .map((combination): Case => ({ ...combination, disturbance: { do: 'nothing' } }))
    .filter((explored) => wanted.length === 0 || wanted.some((pattern) => pattern.test(idOf(explored))))
}

/** Every disturbed case of a combination that is asked for. */
export function disturbedCases(combination: Combination, survey: Survey, { only, scope }: Asked): Case[] {
  const wanted = only.map(patternOf)
  const { kind, host, answer, net } = combination
  return [
    ...operationsOf(combination, scope),
    ...retriesOf(combination),
    ...resetsOf(combination, survey, scope),
    ...parentResetsOf(combination, survey),
  ]
    .map((disturbance): Case => ({ kind, host, answer, net, disturbance }))
    .filter((explored) => wanted.length === 0 || wanted.some((pattern) => pattern.test(idOf(explored))))
}

/** About what histories have. A run with fewer workflow tasks is reset to its last one. */
const usual: Survey = { own: { waiting: 2, ended: 5 }, parent: { waiting: 2, ended: 3 } }

/**
 * Cases drawn at random, of each sort of disturbance and answer in turn: some sorts are rare. Without those of a second attempt: Temporal
 * starts the next one after 30 s.
 */
export function sampleOf(count: number, seed: number): Case[] {
  const random = randomFrom(seed)
  const all = combinations().flatMap((combination) =>
    disturbedCases(combination, usual, { only: [], scope: 'full' }),
  )
  const sorts = new Map<string, Case[]>()
  for (const explored of all.filter((explored) => !isSecond(explored))) {
    const sort = `${familyOf(explored.disturbance)}, ${explored.answer}`
    sorts.set(sort, [...(sorts.get(sort) ?? []), explored])
  }
  const drawn: Case[] = []
  for (let left = [...sorts.values()]; left.length > 0; left = left.filter((cases) => cases.length > 0))
    for (const cases of left) drawn.push(...cases.splice(Math.floor(random() * cases.length), 1))
  return drawn.slice(0, count)
}

/** As `path/*`: a star stands for one part, and what is not given for all that follows. */
function patternOf(pattern: string): RegExp {
  const parts = pattern
    .split('/')
    .map((part) => (part === '*' ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${parts.join('/')}(/|$)`)
}

/** Long ones first, so that the end of a run is not waited for by one. */
export function longestFirst(cases: readonly Case[]): Case[] {
  const seconds = (explored: Case) =>
    (isSecond(explored) ? 40 : 0) +
    (mayEndUnknown(explored) ? 20 : 0) +
    (explored.answer === 'answered' ? 0 : 5)
  return [...cases].sort((one, other) => seconds(other) - seconds(one))
}

function isSecond({ disturbance }: Case): boolean {
  return disturbance.do === 'operate' && disturbance.phase === 'second'
}
