import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { RunHandle, Vodflow } from '../client/index.js'
import { RunError } from '../client/runErrors.js'
import { within } from '../contract/within.js'
import { isGood, returnedBy, returnedText } from './ended.js'
import { columnsOf } from './layout.js'
import { linesOf, lookAt, lookInto, type RunLookText } from './look.js'
import { messageOf, saidOf } from './messageOf.js'
import { notGood, print, say } from './print.js'
import { progressView } from './progressView.js'

/** Pause between two looks at a run, ms. It doubles while nothing changes. */
const pauseMs = { shortest: 1_000, longest: 8_000 }
/** Timeout of the last look, which shows the end of the steps, ms. */
const lastLookMs = 10_000

interface WaitOptions {
  readonly json: boolean
  /** Looks at child workflows and batches, too. A run of one step has none. */
  readonly within?: Vodflow
}

/**
 * Shows every step and gate of a run until the run itself ends, then what it returned. With `json` each change is one object on a line,
 * and the last one has the outcome or the result. Sets exit code 2 if the run failed or its outcome is not `succeeded`.
 */
export async function waitFor(run: RunHandle<unknown>, { json, within }: WaitOptions): Promise<void> {
  const { workflowId, type } = run
  try {
    const look = within ? () => lookInto(within, run) : () => lookAt(run)
    const value = await followed(run, json ? jsonView() : textView(run), look)
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

/** Looks at a run repeatedly until it ends. @returns what its workflow returned. @throws what `RunHandle.result` throws */
export async function followed(
  run: RunHandle<unknown>,
  show: (look: RunLookText) => void,
  lookAgain: () => Promise<RunLookText> = () => lookAt(run),
): Promise<unknown> {
  const ended = new AbortController()
  const result = run.result().finally(() => ended.abort())
  result.catch(() => {})
  let seen = false
  let before: RunLookText | undefined
  let pause = pauseMs.shortest
  while (!ended.signal.aborted) {
    const look = await Promise.race([lookAgain(), result.then(nothing, nothing)])
    if (look) show(look)
    seen ||= look !== undefined && look.steps.length + look.gates.length > 0
    pause = isDeepStrictEqual(look, before) ? Math.min(pauseMs.longest, 2 * pause) : pauseMs.shortest
    before = look
    await sleep(pause, undefined, { signal: ended.signal }).catch(() => {})
  }
  if (!seen) return result
  // The run has ended and its result is known, so a look that fails changes nothing.
  const last = await within(lastLookMs, lookAgain()).catch(nothing)
  if (last && last.problem === undefined && last.unanswered === undefined) show(last)
  return result
}

function nothing(): undefined {
  return undefined
}

function jsonView(): (look: RunLookText) => void {
  let shown: RunLookText | undefined
  return (look) => {
    if (!isDeepStrictEqual(look, shown)) console.log(JSON.stringify(look))
    shown = look
  }
}

function textView(run: RunHandle<unknown>): (look: RunLookText) => void {
  const view = progressView()
  return (look) => view(linesOf(run, look))
}
