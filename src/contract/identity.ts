import { sha256 } from '@noble/hashes/sha2.js'
import type { SubmitAction } from './actions.js'
import { base32 } from './base32.js'
import type { StepInput } from './stepInput.js'
import { day } from './time.js'

/*
 * The rule of identity: which work VOD may be asked to do once. docs/concepts.md says the same to users.
 *
 * 1. An idempotencyKey names the work, together with account, SubAppId and action. Nothing else counts then.
 * 2. Otherwise the run and the step's key name it. The run's name is its first execution, which a reset and a workflow retry keep.
 * 3. A child has its parent's name, plus which child start of the parent it is: workflow type, what is asked, how often before.
 * 4. A run that was continued as new has the next name after that of the run it continues.
 * 5. Names of 3 and 4 travel in a header that the plugin writes. Temporal keeps headers through reset and workflow retry. The header
 *    says by which workflow id it was written, and for what: one that context propagation has copied from an ancestor counts for nothing.
 * 6. A cronSchedule has no name: nothing that survives a reset tells two of its ticks apart.
 * 7. A name is `fresh` only in the first execution that can have it. Only a fresh name can prove that nothing was sent before.
 * 8. `since` bounds the age of a send: VOD forgets a SessionId after some days, and a second send would then be billed again.
 */

/** What names the work of a run. */
export interface Identity {
  /** Absent under a cronSchedule. */
  readonly name?: string
  /** No other execution can have sent anything under this name. */
  readonly fresh: boolean
  /** No send under this name is older, ms since the epoch. Absent when only Temporal's records tell: after a workflow retry. */
  readonly since?: number
  /** Of a run whose chain was reset: until then an earlier run of the chain may have had its name, ms since the epoch. */
  readonly doubtUntil?: number
}

/** The header by which a run names its children and its continuation. */
export interface IdentityHeader extends Identity {
  /** Digest of who wrote it, and for whom. */
  readonly by: string
}

/** What Temporal says of a run. All of it comes from the server: nobody can forge it. */
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
  /** The run at the top of all parents. Its workflow id stays, where those between may be random ones. */
  readonly root?: { readonly workflowId: string }
}

/** A header that cannot be ours. */
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
 * The identity of a run. A header that was not written for it counts for nothing, as if its parent had no plugin.
 *
 * @param header - the run's identity header, decoded: anybody who starts a workflow can send one.
 * @throws ForeignIdentityError when the header is malformed, or on a run to which the plugin writes none.
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
  // A workflow retry is the only one that has another original execution under the same work.
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

/** Whether its own parent, or the run that it continues, wrote it. A workflow retry has the header of the first attempt. */
function isFor({ by }: IdentityHeader, run: RunFacts): boolean {
  const { workflowId, parent, continuedFromExecutionRunId } = run
  if (parent && by === writerOf('child', parent.workflowId)) return true
  return continuedFromExecutionRunId !== undefined && by === writerOf('next', workflowId)
}

/** A workflow id stays through reset, workflow retry, continue-as-new and cron. */
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

/** A server that names no root leaves children unbound: the ids between may be random ones. */
function rootIdOf({ root, parent, workflowId }: RunFacts): string {
  return root?.workflowId ?? (parent ? '' : workflowId)
}

/** Neither reset nor retried. */
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

/** A child start, as its parent sees it. */
export interface ChildStart {
  /** Workflow id of the parent. */
  readonly parentId: string
  readonly workflowType: string
  /** What the child is asked to do: a short text, or a digest. */
  readonly asked: string
  /** How many of the same the run has started before. */
  readonly before: number
}

/** Whether a header names the work of a run under this root, see {@link identityOf}. */
export function isNameOf(header: unknown, name: string, rootWorkflowId: string): boolean {
  const { name: given } = Object(header) as Partial<Identity>
  return typeof given === 'string' && boundTo(given, rootWorkflowId) === name
}

/** Bound to what the server vouches for: a header that somebody copied means nothing under another root. */
function boundTo(name: string, rootWorkflowId: string): string {
  return digestOf('under', name, rootWorkflowId)
}

/** The header of a child. */
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

/** VOD knows no SessionId for longer. */
const longestDoubtMs = 8 * day

/**
 * The header of the run that continues this one. After a reset, an earlier execution may have been continued under the same name, and
 * may have come as far as its time allowed. The new chain may be slower: it doubts for as long again, and for as long as VOD knows what
 * the earlier one has sent. Then it is fresh.
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

/** Without what is absent. */
function given(fields: OptionalFields): Omit<Identity, 'fresh'> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** One submission: an attempt of a step of a run, or of whatever names the same idempotencyKey. */
export type SubmissionName =
  | { readonly name: string; readonly key: string; readonly attempt: number }
  | {
      readonly idempotencyKey: string
      readonly account: string
      readonly SubAppId?: number | undefined
      readonly action: SubmitAction
      readonly attempt: number
    }

/** The SessionId of a submission; undefined where nothing names it: in a run without a name, without an idempotencyKey. */
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
 * The `SessionId` of a submission: VOD makes at most one task for it in 7 days (3 for the other actions). Always the same for the same
 * name, on every machine and in every language: base32 of the SHA-256 of lines of text. 40 characters; VOD takes 50.
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

/** 26 characters for any text. */
export function digestOf(...parts: readonly string[]): string {
  return hashOf(parts, nameLength)
}

/** Each list has a fixed length, and at most one line that may hold a line break. So no two lists of lines are one text. */
function hashOf(lines: readonly (string | number)[], length: number): string {
  return base32(sha256(new TextEncoder().encode(lines.join('\n')))).slice(0, length)
}
