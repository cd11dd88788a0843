import { InvalidInputError } from '../contract/errors.js'
import { fingerprintOf } from '../contract/fingerprint.js'
import { quoted } from '../contract/markdown.js'
import { parseStepInput, withoutDefaults } from '../contract/parse/step.js'
import { maxIdBytes } from '../contract/runNames.js'
import { checkSessionContext } from '../contract/seal/token.js'
import type { RunInput } from '../contract/stepInput.js'
import { saidSummary } from '../contract/summary.js'
import { workflowIdFor } from './workflowId.js'

/** The fields of ProcessMediaByProcedure, without SessionId. */
export type ProcessRequest = RunInput['request']

/** Options of a start, in addition to the request to VOD. */
export interface ProcessOptions {
  /** Names the step inside its run. Default `<SubAppId>/<media>/<ProcedureName>`, or `ProcessMediaByProcedure/<idempotencyKey>`. */
  readonly key?: string | undefined
  /**
   * Names the work globally: VOD makes one task for it within 7 days, even if it is requested by several workflows, clusters or languages.
   * Account alias and SubAppId belong to the name. 1 to 200 printable ASCII characters. Default: the run names the work.
   */
  readonly idempotencyKey?: string | undefined
  /**
   * Default `vod/<SubAppId>/<media>/<ProcedureName>`, or `vod/<SubAppId>/key:<idempotencyKey>`. Pass your own to run the same request
   * several times in parallel.
   */
  readonly workflowId?: string | undefined
  /** Alias of the Tencent account whose credentials the worker uses. Default: that of `connect`. */
  readonly account?: string | undefined
  /** `false` if no callback is set up. The run then reads its tasks every few seconds to minutes. Default `true`. */
  readonly callbacks?: boolean | undefined
  /**
   * When some sub-tasks fail: `fail` the run (default), `accept` the partial outcome, or `repair`: submit what failed once more, at
   * most twice, and nothing that succeeded. `result()` returns the outcome either way.
   */
  readonly onPartial?: RunInput['onPartial'] | undefined
  /** `return` completes the run in Temporal even when its media did not succeed. Default `throw`: the run fails. */
  readonly onFailure?: RunInput['onFailure'] | undefined
  /** Delays between reads of the tasks. Shorten them for tests. */
  readonly delays?: RunInput['delays'] | undefined
  /** `false` starts the run even if no worker is available. Default `true`. */
  readonly requireWorker?: boolean | undefined
  /** Aborts the call, but not a run that it has started. */
  readonly signal?: AbortSignal | undefined
}

/** Options of a rerun. */
export interface RerunOptions extends ProcessOptions {
  /** The reason for the rerun, which is billed again. 1 to 500 characters. */
  readonly reason: string
}

/** A start that has passed every check that needs no call. */
export interface Plan {
  readonly workflowId: string
  readonly account: string
  /** The input of the workflow. */
  readonly input: RunInput
  readonly reason?: string | undefined
}

const longestReason = 500

/** @throws InvalidInputError that names the field, before anything is sent */
export function planOf(
  request: ProcessRequest,
  options: ProcessOptions & { readonly account: string; readonly reason?: string },
  namespace: string,
): Plan {
  const { key, idempotencyKey, callbacks, onPartial, onFailure, delays, account, reason } = options
  const given = { request, account, key, idempotencyKey, callbacks, onPartial, onFailure, delays }
  const input = withoutDefaults(parseStepInput('ProcessMediaByProcedure', given))
  const workflowId = options.workflowId ?? workflowIdFor(input)
  checkWorkflowId('workflowId', workflowId)
  if (reason !== undefined) checkReason(reason)
  const { SubAppId, SessionContext = '' } = input.request
  const asked = idempotencyKey === undefined ? {} : { asked: fingerprintOf({ ...input.request }) }
  checkSessionContext(SessionContext, { namespace, account, SubAppId, workflowId, ...asked })
  return { workflowId, account, input, reason }
}

/** @throws InvalidInputError if it is empty or longer than Temporal takes */
export function checkWorkflowId(field: string, id: string): void {
  checkLength(field, Buffer.byteLength(id), { most: maxIdBytes, unit: 'bytes' })
}

/** @throws InvalidInputError if it is empty or too long */
export function checkReason(reason: string | undefined): void {
  checkLength('reason', [...(reason ?? '').trim()].length, { most: longestReason, unit: 'characters' })
}

function checkLength(field: string, length: number, { most, unit }: { most: number; unit: string }): void {
  if (length >= 1 && length <= most) return
  throw new InvalidInputError([{ field, problem: `has ${length} ${unit}`, remedy: `use 1 to ${most}` }])
}

/** Returns the summary that the Temporal UI shows in its list of runs. */
export function summaryOf({ request }: RunInput): string {
  return saidSummary(`${request.ProcedureName} on ${request.FileId || request.MediaStoragePath}`)
}

export function summaryOfTask(TaskId: string): string {
  return saidSummary(`task ${TaskId}`)
}

const inSummary: readonly string[] = ['ProcedureName', 'FileId']

/**
 * Returns the Markdown that the Temporal UI shows on a run's page. Each text is cut, so that all fit into Temporal's 20,000 bytes.
 * Undefined if the summary shows everything.
 */
export function detailsOf({ request, account, key }: RunInput, reason?: string): string | undefined {
  const given = Object.entries({ ...request, account, key }).filter(([, value]) => (value ?? '') !== '')
  if (reason === undefined && given.every(([name]) => inSummary.includes(name))) return undefined
  const rows = given.map(([name, value]) => `- ${name}: ${quoted(String(value))}`)
  return [...(reason === undefined ? [] : [`**Run again**: ${quoted(reason)}`, '']), ...rows].join('\n')
}
