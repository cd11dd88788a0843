import {
  answers,
  combinations,
  type Disturbance,
  fixedDisturbances,
  hosts,
  idOf,
  isChild,
  kinds,
  moments,
  nets,
  reapplications,
  type Survey,
} from './dimensions.js'
import type { Result } from './run.js'

/** The dimensions, and how their product comes to the number of cases. */
export function dimensionTable(surveys: readonly Result[]): string[] {
  const each = `${kinds.length} kinds x ${answers.length} answers x ${nets.length} nets`
  const product = kinds.length * answers.length * nets.length
  const lines = hosts.map((host) => {
    const own = surveys.filter(({ explored }) => explored.host === host)
    const sum = (of: (survey: Survey) => number) =>
      own.reduce((total, { survey }) => total + (survey ? of(survey) : 0), 0)
    const tasks = sum(({ own }) => own.waiting + own.ended)
    const parents = sum(({ parent }) => parent.waiting + parent.ended)
    const fixed = 1 + fixedDisturbances(host).length
    const ofStep = host === 'child-id' ? 0 : tasks * reapplications.length
    const ofParent = isChild(host) ? parents : 0
    const total = product * fixed + ofStep + ofParent
    const counted = [
      `${product} x ${fixed} (1 undisturbed, ${fixed - 1} operations)`,
      ...(ofStep ? [`${tasks} workflow tasks x ${reapplications.length}`] : []),
      ...(ofParent ? [`${ofParent} workflow tasks of parents`] : []),
    ]
    return `${host.padEnd(10)}${String(total).padStart(6)} = ${counted.join(' + ')}`
  })
  return [
    `dimensions: ${each} = ${product} combinations for each of ${hosts.length} hosts, ${combinations().length} in all`,
    `workflow tasks are counted in the undisturbed runs, while ${moments.join(' and when ')}`,
    ...lines,
  ]
}

const maxGroups = 40
const maxExamples = 3

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
  const missed = results.reduce((sum, result) => sum + result.missed, 0)
  console.log(`driven again, because Temporal was past the state that the case wants: ${missed}`)
  if (unowned > 0) console.log(`BAD  ${unowned} tasks belong to no case`)
  for (const [what, group] of grouped(failed).slice(0, maxGroups)) {
    console.log(`\n${group.length} x ${what}`)
    for (const { id } of group.slice(0, maxExamples)) console.log(`  npm run explore -- --only '${id}'`)
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

function familyOf(disturbance: Disturbance): string {
  switch (disturbance.do) {
    case 'operate':
      return disturbance.phase
    case 'nothing':
      return 'undisturbed'
    default:
      return `${disturbance.do} ${disturbance.moment}`
  }
}

/** A case as a line of JSON. */
export function lineOf(result: Result): string {
  const { explored: _, survey: __, ...rest } = result
  return `${JSON.stringify({ ...rest, id: idOf(result.explored) })}\n`
}
