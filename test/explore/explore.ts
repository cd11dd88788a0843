import type { Case } from './dimensions.js'
import { longestFirst } from './plan.js'
import type { Rig } from './rig.js'
import { type Result, type RunOptions, run } from './run.js'

export interface ExploreOptions extends Omit<RunOptions, 'served'> {
  readonly rig: Rig
  /** Cases at once. */
  readonly concurrency: number
  readonly onResult: (result: Result) => void
}

/** Runs cases side by side. Those whose submit no worker serves go in waves: all are disturbed, then a worker starts. */
export async function explore(cases: readonly Case[], options: ExploreOptions): Promise<Result[]> {
  const unserved = cases.filter(isUnserved)
  const served = longestFirst(cases.filter((one) => !isUnserved(one)))
  const results = await Promise.all([atOnce(served, options), inWaves(unserved, options)])
  return results.flat()
}

function isUnserved({ disturbance }: Case): boolean {
  return disturbance.do === 'operate' && disturbance.phase === 'scheduled'
}

async function atOnce(
  cases: readonly Case[],
  { concurrency, onResult, ...options }: ExploreOptions,
): Promise<Result[]> {
  const left = [...cases]
  const results: Result[] = []
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const result = await run(next, options)
      results.push(result)
      onResult(result)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return results
}

async function inWaves(cases: readonly Case[], options: ExploreOptions): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < cases.length; from += options.concurrency)
    results.push(...(await wave(cases.slice(from, from + options.concurrency), options)))
  return results
}

/** Each case waits, disturbed, until all are; then the worker starts, and stops when all have ended. */
async function wave(
  cases: readonly Case[],
  { rig, concurrency: _, onResult, ...options }: ExploreOptions,
): Promise<Result[]> {
  let arrived = 0
  let all: () => void = () => {}
  const everybody = new Promise<void>((resolve) => {
    all = resolve
  })
  const arrive = () => {
    arrived++
    if (arrived === cases.length) all()
  }
  const serving = everybody.then(() => rig.serveLate())
  const results = await Promise.all(
    cases.map(async (each) => {
      let here = false
      const once = () => {
        if (!here) arrive()
        here = true
      }
      const served = async () => {
        once()
        await serving
      }
      const result = await run(each, { ...options, rig, served }).finally(once)
      onResult(result)
      return result
    }),
  )
  await (await serving)()
  return results
}
