import {
  answers,
  type Combination,
  combinations,
  familyOf,
  hosts,
  idOf,
  kinds,
  nets,
  operations,
  operationsOf,
  parentResetsOf,
  phases,
  resetsOf,
  retriesOf,
  type Scope,
  type Survey,
} from './dimensions.js'
import type { Result } from './run.js'

/** The dimensions, and how their product comes to the number of cases. */
export function dimensionTable(surveys: readonly Result[], scope: Scope): string[] {
  const row = (host: string, numbers: readonly (number | string)[]) =>
    [host.padEnd(10), ...numbers.map((number) => String(number).padStart(15))].join('')
  const rows = hosts.map((host) => {
    const own = surveys.filter(({ explored }) => explored.host === host)
    const sum = (of: (combination: Combination, survey: Survey) => readonly unknown[]) =>
      own.reduce((total, { explored, survey }) => total + (survey ? of(explored, survey).length : 0), 0)
    return [
      own.length,
      sum((combination) => operationsOf(combination, scope)),
      sum(retriesOf),
      sum((combination, survey) => resetsOf(combination, survey, scope)),
      sum(parentResetsOf),
    ]
  })
  const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
  const columns = Array.from({ length: 5 }, (_, index) => total(rows.map((numbers) => numbers[index] ?? 0)))
  const operationCount = phases.reduce((sum, phase) => sum + operations[phase].length, 0)
  return [
    `${kinds.length} kinds x ${hosts.length} hosts x ${answers.length} answers x ${nets.length} nets = ${combinations().length} combinations, each undisturbed and with:`,
    `- ${operationCount} operations on the pending submit (${phases.map((phase) => `${operations[phase].length} ${phase}`).join(', ')})${scope === 'usual' ? `; each meets one of the ${nets.length} nets, in turn` : ''}`,
    `- a retry of the user's workflow, while the step waits and after its end`,
    `- resets to every workflow task of the undisturbed run, while it waits${scope === 'usual' ? '' : ' (signals reapplied and excluded)'} and after its end (signals reapplied and excluded)`,
    `- resets of the parent to each of its workflow tasks, while the child waits and after the end`,
    '',
    row('host', ['undisturbed', 'operations', 'retries', 'resets', 'parent resets', 'cases']),
    ...hosts.map((host, index) => row(host, [...(rows[index] ?? []), total(rows[index] ?? [])])),
    row('all', [...columns, total(columns)]),
  ]
}

/** More failures than these are not listed one by one. */
const maxListed = 100
const examples = 3

/** Prints what was seen. @returns whether every case passed. */
export function report(results: readonly Result[], unowned: number): boolean {
  const failed = results.filter(({ wrong }) => wrong.length > 0)
  const count = (of: (result: Result) => string) => {
    const counts = new Map<string, number>()
    for (const result of results) counts.set(of(result), (counts.get(of(result)) ?? 0) + 1)
    return [...counts].map(([name, number]) => `${name} ${number}`).join(', ')
  }
  console.log('')
  console.log(`cases      ${results.length}`)
  console.log(`nets       ${count(({ explored }) => explored.net)}`)
  console.log(`ended by   ${count(({ endedBy }) => endedBy)}`)
  const missed = results.reduce((sum, result) => sum + result.missed.length, 0)
  console.log(`driven again, because Temporal was past the state that the case wants: ${missed}`)
  if (unowned > 0) console.log(`BAD  ${unowned} tasks belong to no case`)
  const shown = failed.length > maxListed ? examples : failed.length
  for (const [what, group] of grouped(failed)) {
    console.log(`\n${group.length} x ${what}`)
    for (const { id } of group.slice(0, shown)) console.log(`  npm run explore -- --only '${id}'`)
    if (group.length > shown) console.log(`  and ${group.length - shown} more; --out FILE lists them all`)
  }
  console.log(
    `\n${failed.length === 0 ? 'ok ' : 'BAD'}  ${results.length - failed.length} of ${results.length} passed`,
  )
  return failed.length === 0 && unowned === 0 && results.length > 0
}

/** Failures of one kind together, the most frequent first. */
function grouped(failed: readonly Result[]): [string, Result[]][] {
  const groups = new Map<string, Result[]>()
  for (const result of failed) {
    const { kind, host, disturbance } = result.explored
    // Ids and numbers differ from case to case.
    const what = result.wrong.join('; ').replace(/explore\/\d+(\/child)?|[0-9a-f-]{20,}/g, '...')
    const where = `${kind}, ${host}, ${familyOf(disturbance)}: ${what.slice(0, 300)}`
    groups.set(where, [...(groups.get(where) ?? []), result])
  }
  return [...groups].sort(([, one], [, other]) => other.length - one.length)
}

/** A case as a line of JSON. */
export function lineOf(result: Result): string {
  const { explored: _, survey: __, ...rest } = result
  return `${JSON.stringify({ ...rest, id: idOf(result.explored) })}\n`
}
