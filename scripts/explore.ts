// npm run explore -- [--only ID] [--sample N --seed S]
// See test/explore/dimensions.ts for what it explores, and expectation.ts for what it expects.
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Case } from '../test/explore/dimensions.js'
import { explore } from '../test/explore/explore.js'
import { isExact, parseId } from '../test/explore/ids.js'
import { judgeCounts } from '../test/explore/judge.js'
import { optionsOf } from '../test/explore/options.js'
import { disturbedCases, sampleOf, surveysOf } from '../test/explore/plan.js'
import { dimensionTable, lineOf, report } from '../test/explore/report.js'
import { startRig } from '../test/explore/rig.js'
import type { Result } from '../test/explore/run.js'

const { only, sample, seed, full, concurrency, out } = optionsOf(process.argv.slice(2))
const exact = only.length > 0 && only.every(isExact) ? only.map(parseId) : undefined
const scope = full ? 'full' : 'usual'
const startedAt = Date.now()
const seconds = () => Math.round((Date.now() - startedAt) / 1_000)

// The output of an earlier run stays until this one is complete.
const part = out === undefined ? undefined : `${out}.part`
if (part !== undefined) writeFileSync(part, '')
// The Temporal server ends with an `exit`, not with a signal.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
const rig = await startRig()
/** The first failures are printed immediately, because the report waits for the last case, which may hang for ten minutes. */
const shownEarly = 3
let number = 0
let done = 0
let failed = 0
const options = {
  rig,
  concurrency,
  nextNumber: () => number++,
  onResult(result: Result) {
    done++
    if (result.wrong.length > 0 && ++failed <= shownEarly)
      console.log(`BAD  ${result.id}: ${result.wrong.join('; ')}`)
    if (part !== undefined) appendFileSync(part, lineOf(result))
  },
}
const ticker = setInterval(() => console.log(`${seconds()} s: ${done} cases, ${failed} failed`), 30_000)

const results = exact ? await explore(exact, options) : await (sample ? sampled(sample) : all())
clearInterval(ticker)
// Requests that were sent after a case had ended or was abandoned are visible only now.
for (const result of results.filter(({ wrong }) => wrong.length === 0)) {
  const { explored, number, missed } = result
  const late = [
    ...judgeCounts(explored, rig.books.tasksOf(number)),
    ...missed.flatMap((one) => judgeCounts(explored, rig.books.tasksOf(one), { atMost: true })),
  ]
  Object.assign(result, { wrong: late.map((what) => `after its end: ${what}`) })
}
if (part !== undefined && out !== undefined) {
  writeFileSync(part, results.map(lineOf).join(''))
  renameSync(part, out)
}
const good = report(results, rig.books.unowned.length)
console.log(`took ${seconds()} s`)
await rig.close()
process.exit(good ? 0 : 1)

function sampled(count: number): Promise<Result[]> {
  console.log(`a sample of ${count} cases, again with --sample ${count} --seed ${seed}`)
  return explore(sampleOf(count, seed), options)
}

async function all(): Promise<Result[]> {
  const surveys = await explore(surveysOf(only), options)
  const cases: Case[] = surveys.flatMap(({ explored, survey }) =>
    survey ? disturbedCases(explored, survey, { only, scope }) : [],
  )
  if (only.length === 0) for (const line of dimensionTable(surveys, scope)) console.log(line)
  console.log(`${seconds()} s: ${surveys.length} undisturbed runs, ${cases.length} disturbed cases follow`)
  return [...surveys, ...(await explore(cases, options))]
}
