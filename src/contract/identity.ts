import { sha256 } from '@noble/hashes/sha2.js'
import type { SubmitAction } from './actions.js'
import { base32 } from './base32.js'
import type { StepInput } from './stepInput.js'
import { day } from './time.js'

/*
 * The rules of identity: they decide which work VOD is asked to do only once. docs/concepts.md explains them to users.
 *
 * 1. An idempotencyKey names the work, together with account, SubAppId and action. Nothing else counts in that case.
 * 2. Otherwise the run and the step's key name the work. The name of a run is its first execution, which a reset and a workflow retry keep.
 * 3. The name of a child consists of its parent's name and its child start: workflow type, what is asked, and the number of earlier starts.
 * 4. A run that was continued as new has the next name after that of the run it continues.
 * 5. The names of 3 and 4 travel in a header that the plugin writes. Temporal keeps headers through reset and workflow retry. The header
 *    states which workflow id wrote it, and for what. A header that context propagation copied from an ancestor is ignored.
 * 6. A run with a cronSchedule has no name: nothing that survives a reset distinguishes two of its ticks.
 * 7. A name is `fresh` only in the first execution that can have it. Only a fresh name can prove that nothing was sent before.
 * 8. `since` limits the age of a send: VOD forgets a SessionId after some days, and a second send would then be billed again.
 */

/** The identity of the work of a run. */
export interface Identity {
  /** Absent under a cronSchedule. */
  readonly name?: string
  /** No other execution can have sent anything with this name. */
  readonly fresh: boolean
  /** The earliest time of a send with this name, in ms since the epoch. Absent after a workflow retry: only Temporal's records show it. */
  readonly since?: number
  /** For a run whose chain was reset: the time until which an earlier run may have had its name, in ms since the epoch. */
  readonly doubtUntil?: number
}

/** The header with which a run names its children and its continuation. */
export interface IdentityHeader extends Identity {
  /** A digest of the writer and the purpose. */
  readonly by: string
}

/** Temporal's facts about a run. They come from the server, so they cannot be forged. */
export interface RunFacts {
  readonly workflowId: string
  readonly runId: string
  readonly firstExecutionRunId: string
  readonly originalExecutionRunId: string
  readonly continuedFromExecutionRunId?: string
  readonly attempt: number
  readonly startTime: Date
  readonly cronSchedule?: string
  readonly parent?: { readonly workflowId: string }
  /** The topmost parent. Its workflow id is stable, while those of the parents between may be random. */
  readonly root?: { readonly workflowId: string }
}

/** An error for a header that cannot be ours. */
export class ForeignIdentityError extends Error {
  override readonly name = 'ForeignIdentityError'

  constructor(
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`${problem}; ${remedy}`)
  }
}

/**
 * Returns the identity of a run. A header that was not written for this run is ignored, as if its parent had no plugin.
 *
 * @param header - the decoded identity header of the run; anyone who starts a workflow can send one
 * @throws ForeignIdentityError if the header is malformed, or if the plugin writes none to such a run.
 */
export function identityOf(run: RunFacts, header: unknown): Identity {
  if (header !== undefined) {
    const read = parsed(header)
    requireStarter(run)
    if (isFor(read, run)) return identityIn(read, run)
  }
  if (run.cronSchedule)
    return { fresh: false, ...(run.attempt === 1 ? { since: run.startTime.getTime() } : {}) }
  const { runId, firstExecutionRunId, originalExecutionRunId, attempt } = run
  // Only a workflow retry has another original execution for the same work.
  if (attempt > 1) return { name: firstExecutionRunId, fresh: false }
  return {
    name: originalExecutionRunId,
    fresh: runId === originalExecutionRunId,
    since: run.startTime.getTime(),
  }
}

function requireStarter(run: RunFacts): void {
  if (run.parent || run.continuedFromExecutionRunId !== undefined) return
  throw new ForeignIdentityError(
    'is an identity header on a run that is neither a child nor continued as new',
    'start the run without it, and pass an idempotencyKey to name its work',
  )
}

/** Returns true if the run's parent or its predecessor wrote the header. A workflow retry has the header of the first attempt. */
function isFor({ by }: IdentityHeader, run: RunFacts): boolean {
  const { workflowId, parent, continuedFromExecutionRunId } = run
  if (parent && by === writerOf('child', parent.workflowId)) return true
  return continuedFromExecutionRunId !== undefined && by === writerOf('next', workflowId)
}

/** A reset, a workflow retry, continue-as-new and cron keep the workflow id. */
function writerOf(what: 'child' | 'next', workflowId: string): string {
  return digestOf('by', what, workflowId)
}

function identityIn({ name, fresh, since, doubtUntil }: Identity, run: RunFacts): Identity {
  if (name === undefined || run.cronSchedule) return { fresh: false, ...given({ since }) }
  return {
    name: boundTo(name, rootIdOf(run)),
    fresh: fresh && isOriginal(run),
    ...given({ since, doubtUntil }),
  }
}

/** Without a root from the server, the name of a child is not bound, because the ids between may be random. */
function rootIdOf({ root, parent, workflowId }: RunFacts): string {
  return root?.workflowId ?? (parent ? '' : workflowId)
}

/** Returns true if the run was neither reset nor retried. */
function isOriginal({ runId, originalExecutionRunId, attempt }: RunFacts): boolean {
  return runId === originalExecutionRunId && attempt === 1
}

function parsed(header: unknown): IdentityHeader {
  const { name, fresh, since, doubtUntil, by } = Object(header) as Partial<IdentityHeader>
  const isTime = (value: unknown) =>
    value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)
  const isDigest = (value: unknown): value is string =>
    typeof value === 'string' && /^[a-z2-7]{26}$/.test(value)
  if (
    !(name === undefined || isDigest(name)) ||
    !isDigest(by) ||
    typeof fresh !== 'boolean' ||
    !isTime(since) ||
    !isTime(doubtUntil)
  ) {
    throw new ForeignIdentityError(
      'is an identity header that the plugin does not write',
      'start the run without it',
    )
  }
  return { by, fresh, ...given({ name, since, doubtUntil }) }
}

/** A child start of a run. */
export interface ChildStart {
  /** The workflow id of the parent. */
  readonly parentId: string
  readonly workflowType: string
  /** A short text or a digest of what the child is asked to do. */
  readonly asked: string
  /** The number of equal starts that the run made earlier. */
  readonly before: number
}

/** Returns true if a header names the work of a run under this root, see {@link identityOf}. */
export function isNameOf(header: unknown, name: string, rootWorkflowId: string): boolean {
  const { name: given } = Object(header) as Partial<Identity>
  return typeof given === 'string' && boundTo(given, rootWorkflowId) === name
}

/** Binds a name to the root, which the server guarantees, so that a copied header has no effect under another root. */
function boundTo(name: string, rootWorkflowId: string): string {
  return digestOf('under', name, rootWorkflowId)
}

/** Returns the header of a child. */
export function identityOfChild(
  { name, fresh, since }: Identity,
  { parentId, workflowType, asked, before }: ChildStart,
  now: number,
): IdentityHeader {
  const by = writerOf('child', parentId)
  if (name === undefined) return { by, fresh: false, ...given({ since }) }
  return {
    by,
    name: digestOf('child', name, workflowType, asked, String(before)),
    fresh,
    ...given({ since: fresh ? now : since }),
  }
}

/** Longer than VOD remembers a SessionId, in ms. */
const longestDoubtMs = 8 * day

/**
 * Returns the header of the run that continues this one. After a reset, an earlier execution may have been continued with the same name,
 * and may have progressed as far as time allowed. The new chain may be slower, so its names stay in doubt for the same time again, and for
 * as long as VOD remembers the sends of the earlier chain. After that, they are fresh.
 */
export function identityOfNext(identity: Identity, run: RunFacts, now: number): IdentityHeader {
  const { name, fresh, since = run.startTime.getTime(), doubtUntil } = identity
  const by = writerOf('next', run.workflowId)
  if (name === undefined) return { by, fresh: false, ...given({ since: identity.since }) }
  const next = digestOf('next', name)
  const certain = isOriginal(run) && (fresh || (doubtUntil !== undefined && now > doubtUntil))
  if (certain) return { by, name: next, fresh: true, since: now }
  const doubt = isOriginal(run) ? doubtUntil : undefined
  return {
    by,
    name: next,
    fresh: false,
    ...given({ since: identity.since, doubtUntil: doubt ?? now + Math.max(now - since, longestDoubtMs) }),
  }
}

type OptionalFields = { readonly [F in 'name' | 'since' | 'doubtUntil']?: Identity[F] | undefined }

/** Returns the fields that are not undefined. */
function given(fields: OptionalFields): Omit<Identity, 'fresh'> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The name of a submission: an attempt of a step in a run, or an attempt under an idempotencyKey. */
export type SubmissionName =
  | { readonly name: string; readonly key: string; readonly attempt: number }
  | {
      readonly idempotencyKey: string
      readonly account: string
      readonly SubAppId?: number | undefined
      readonly action: SubmitAction
      readonly attempt: number
    }

/** Returns the SessionId of a submission, or undefined for a run without a name and without an idempotencyKey. */
export function sessionIdFor(
  action: SubmitAction,
  { input, identity, key, attempt }: SubmissionSource,
): string | undefined {
  const { idempotencyKey, account = 'default', request } = input
  const { SubAppId } = request as { readonly SubAppId?: number | undefined }
  if (idempotencyKey !== undefined) return sessionIdOf({ idempotencyKey, account, SubAppId, action, attempt })
  return identity.name === undefined ? undefined : sessionIdOf({ name: identity.name, key, attempt })
}

interface SubmissionSource {
  readonly input: Pick<StepInput, 'idempotencyKey' | 'account' | 'request'>
  readonly identity: Identity
  readonly key: string
  readonly attempt: number
}

export const sessionIdLength = 40

/**
 * Returns the `SessionId` of a submission. VOD makes at most one task for it in 7 days (3 for the other actions). It is the same for the
 * same name on every machine and in every language: base32 of the SHA-256 of lines of text. It has 40 characters; VOD accepts 50.
 */
export function sessionIdOf(submission: SubmissionName): string {
  const { attempt } = submission
  if ('idempotencyKey' in submission) {
    const { account, SubAppId, action, idempotencyKey } = submission
    return hashOf(['v1', 'key', account, SubAppId ?? 0, action, idempotencyKey, attempt], sessionIdLength)
  }
  const { name, key } = submission
  return hashOf(['v1', 'run', name, key, attempt], sessionIdLength)
}

const nameLength = 26

/** Returns a digest of 26 characters. */
export function digestOf(...parts: readonly string[]): string {
  return hashOf(parts, nameLength)
}

/** Each list has a fixed length and at most one line that may contain a line break, so two different lists never give the same text. */
function hashOf(lines: readonly (string | number)[], length: number): string {
  return base32(sha256(new TextEncoder().encode(lines.join('\n')))).slice(0, length)
}
