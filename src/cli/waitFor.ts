import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { RunHandle, Vodflow } from '../client/index.js'
import { RunError } from '../client/runErrors.js'
import { within } from '../contract/within.js'
import { type DescribedRun, describeRun, describeTree, linesOf } from './describeRun.js'
import { isGood, returnedBy, returnedText } from './ended.js'
import { columnsOf } from './layout.js'
import { messageOf, saidOf } from './messageOf.js'
import { notGood, print, say } from './print.js'
import { progressView } from './progressView.js'

/** Pause between two queries of a run, ms. It doubles while nothing changes. */
const pauseMs = { shortest: 1_000, longest: 8_000 }
/** Timeout of the last query, which shows the end of the steps, ms. */
const lastReadMs = 10_000

interface WaitOptions {
  readonly json: boolean
  /** Describes child workflows and batches, too. A run of one step has none. */
  readonly within?: Vodflow
}

/**
 * Shows every step and gate of a run until the run itself ends, then what it returned. With `json` each change is one object on a line,
 * and the last one has the outcome or the result. Sets exit code 2 if the run failed or its outcome is not `succeeded`.
 */
export async function waitFor(run: RunHandle<unknown>, { json, within }: WaitOptions): Promise<void> {
  const { workflowId, type } = run
  try {
    const describe = within ? () => describeTree(within, run) : () => describeRun(run)
    const value = await followed(run, json ? jsonView() : textView(run), describe)
    const returned = returnedBy(type, value)
    print(json, { workflowId, ...returned }, () =>
      returnedText(returned, { workflowId }, columnsOf(process.stdout)),
    )
    if (!isGood(returned)) process.exitCode = notGood
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    if (json) console.log(JSON.stringify({ workflowId, problem: messageOf(error) }))
    say(saidOf(error))
    process.exitCode = notGood
  }
}

/** Prints the run that a command started or found, and waits for it with `watch`. */
export async function answerWith(
  run: RunHandle,
  {
    watch,
    json,
    found = 'it already exists',
  }: { readonly watch: boolean; readonly json: boolean; readonly found?: string },
): Promise<void> {
  const { workflowId, chain, attached } = run
  print(json, { workflowId, chain, attached }, () => [`${workflowId}${attached ? ` (${found})` : ''}`])
  if (watch) await waitFor(run, { json })
}

/** Describes a run repeatedly until it ends. @returns what its workflow returned. @throws what `RunHandle.result` throws */
export async function followed(
  run: RunHandle<unknown>,
  show: (described: DescribedRun) => void,
  describe: () => Promise<DescribedRun> = () => describeRun(run),
): Promise<unknown> {
  const ended = new AbortController()
  const result = run.result().finally(() => ended.abort())
  result.catch(() => {})
  let seen = false
  let before: DescribedRun | undefined
  let pause = pauseMs.shortest
  while (!ended.signal.aborted) {
    const described = await Promise.race([describe(), result.then(nothing, nothing)])
    if (described) show(described)
    seen ||= described !== undefined && described.steps.length + described.gates.length > 0
    pause = isDeepStrictEqual(described, before) ? Math.min(pauseMs.longest, 2 * pause) : pauseMs.shortest
    before = described
    await sleep(pause, undefined, { signal: ended.signal }).catch(() => {})
  }
  if (!seen) return result
  // The run has ended and its result is known, so a query that fails changes nothing.
  const last = await within(lastReadMs, describe()).catch(nothing)
  if (last && last.problem === undefined && last.unanswered === undefined) show(last)
  return result
}

function nothing(): undefined {
  return undefined
}

function jsonView(): (described: DescribedRun) => void {
  let shown: DescribedRun | undefined
  return (described) => {
    if (!isDeepStrictEqual(described, shown)) console.log(JSON.stringify(described))
    shown = described
  }
}

function textView(run: RunHandle<unknown>): (described: DescribedRun) => void {
  const view = progressView()
  return (described) => view(linesOf(run, described))
}
