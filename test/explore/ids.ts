import {
  answers,
  type Case,
  type Combination,
  type Disturbance,
  hosts,
  isChild,
  kinds,
  type Moment,
  moments,
  nameOf,
  nets,
  operationsOf,
  type Reapplication,
  retriesOf,
} from './dimensions.js'

/** Names one case, and not all that match. */
export function isExact(id: string): boolean {
  return id.split('/').length === 5 && !id.includes('*')
}

/** The case that an id names. @throws Error that says which part of the id is wrong. */
export function parseId(id: string): Case {
  const [kind, host, answer, net, name, ...rest] = id.split('/')
  const wrong = (what: string, choices: readonly string[]) =>
    new Error(`--only ${id}: ${what}; give ${choices.join(', ')}`)
  const one = <T extends string>(given: string | undefined, choices: readonly T[], what: string): T => {
    const found = choices.find((choice) => choice === given)
    if (found === undefined) throw wrong(`"${given ?? ''}" is no ${what}`, choices)
    return found
  }
  if (rest.length > 0) throw wrong('it has more than five parts', ['kind/host/answer/net/disturbance'])
  const combination: Combination = {
    kind: one(kind, kinds, 'kind of step'),
    host: one(host, hosts, 'host'),
    answer: one(answer, answers, 'answer'),
    net: one(net, nets, 'net'),
  }
  const disturbance = disturbanceOf(combination, name ?? '')
  if (disturbance) return { ...combination, disturbance }
  const known = fixedOf(combination).map(nameOf)
  const counted = [
    ...(isChild(combination.host) ? ['parent-ended:task-1'] : []),
    'reset-ended:task-1:excluded',
  ]
  throw wrong(`"${name ?? ''}" is no disturbance of ${combination.host}`, ['nothing', ...counted, ...known])
}

function fixedOf(combination: Combination): Disturbance[] {
  return [...operationsOf(combination, 'full'), ...retriesOf(combination)]
}

function disturbanceOf(combination: Combination, name: string): Disturbance | undefined {
  const { host } = combination
  if (name === 'nothing') return { do: 'nothing' }
  const fixed = fixedOf(combination).find((known) => nameOf(known) === name)
  if (fixed) return fixed
  const [, who, moment, number, signals] =
    /^(reset|parent)-(\w+):task-([1-9]\d?)(?::(reapplied|excluded))?$/.exec(name) ?? []
  if (!moments.some((known) => known === moment)) return undefined
  const at = { moment: moment as Moment, task: Number(number) }
  if (who === 'parent') return isChild(host) && !signals ? { do: 'resetParent', ...at } : undefined
  if (host === 'child-id' || !signals) return undefined
  return { do: 'reset', ...at, signals: signals as Reapplication }
}
