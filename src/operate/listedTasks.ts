import { setTimeout as sleep } from 'node:timers/promises'
import { type Backoff, backoffMs } from '../contract/backoff.js'
import { VodError } from '../contract/errors.js'
import type { VodClient } from '../vod/client.js'
import { incompleteAnswer } from '../vod/incompleteAnswer.js'
import type { ListedTask } from '../vod/responses.js'

export interface TaskListing {
  readonly vod: VodClient
  readonly SubAppId?: number | undefined
  readonly FileId?: string | undefined
  /** Lists tasks created after this time, ms since the epoch. */
  readonly since: number
  /** By CreateTime. Default: VOD's, the latest first. */
  readonly Order?: 'Asc'
  /** The number of failures of one page after which the listing fails. Throttling does not count. Default 1. */
  readonly maxFailures?: number
  /** Is told each failure after which the page is read again. */
  readonly onRetry?: ((error: unknown) => void) | undefined
  /** The waits after failures. For tests. */
  readonly waitMs?: Backoff
  /** The largest number of pages. For tests. */
  readonly mostPages?: number
}

const defaultWaitMs = { first: 1_000, most: 30_000 }
/** A million tasks. A list of 72 hours has more only if it has no end. */
const defaultMostPages = 10_000
/** The number of times that a listing starts again because VOD refuses its ScrollToken. */
const maxRestarts = 3

interface Position {
  readonly ScrollToken: string
  /** The number of pages since the start of the list. */
  readonly pages: number
  /** The number of pages without a new task since the last new one. */
  readonly stale: number
  readonly restarts: number
  /** The largest number of pages before a restart, which the list repeats. */
  readonly repeatable: number
}

/**
 * Yields every task that VOD lists, in any state, each once. If VOD refuses a ScrollToken, it starts the list again.
 *
 * @throws VodError if VOD refuses permanently, if a page fails too often, or if the list has no end
 */
export async function* listedTasks(listing: TaskListing): AsyncGenerator<ListedTask, void, undefined> {
  const seen = new Set<string>()
  let at: Position = { ScrollToken: '', pages: 0, stale: 0, restarts: 0, repeatable: 0 }
  for (;;) {
    const page = await pageAt(listing, at)
    if (page === undefined) {
      at = startAgain(at)
      continue
    }
    const listed = page.TaskSet ?? []
    const fresh = listed.filter(({ TaskId }) => !seen.has(TaskId))
    for (const { TaskId } of fresh) seen.add(TaskId)
    yield* fresh
    if (page.ScrollToken === '' || listed.length === 0) return
    const stale = fresh.length > 0 ? 0 : at.stale + 1
    at = { ...at, ScrollToken: page.ScrollToken, pages: at.pages + 1, stale }
    requireEnd(at, listing)
  }
}

function startAgain({ pages, restarts, repeatable }: Position): Position {
  const most = Math.max(repeatable, pages)
  return { ScrollToken: '', pages: 0, stale: 0, restarts: restarts + 1, repeatable: most }
}

function requireEnd(
  { pages, stale, repeatable }: Position,
  { mostPages = defaultMostPages }: TaskListing,
): void {
  if (stale > repeatable) throw incompleteAnswer('DescribeTasks', 'the list repeats a page')
  if (pages >= mostPages) throw incompleteAnswer('DescribeTasks', `the list has more than ${mostPages} pages`)
}

/** Returns the next page, or undefined if VOD refuses its ScrollToken and the list may start again. */
async function pageAt(listing: TaskListing, { ScrollToken, restarts }: Position) {
  try {
    return await untilFailed(listing, ScrollToken)
  } catch (error) {
    if (ScrollToken !== '' && restarts < maxRestarts && classOf(error) === 'permanent') return undefined
    throw error
  }
}

async function untilFailed(listing: TaskListing, ScrollToken: string) {
  const { maxFailures = 1, waitMs = defaultWaitMs, onRetry } = listing
  for (let failures = 0; ; ) {
    try {
      return await read(listing, ScrollToken)
    } catch (error) {
      const reason = classOf(error)
      if (reason !== 'throttled') failures++
      if (reason === 'permanent' || failures >= maxFailures) throw error
      onRetry?.(error)
      await sleep(backoffMs(waitMs, failures))
    }
  }
}

function classOf(error: unknown): VodError['class'] {
  return error instanceof VodError ? error.class : 'permanent'
}

function read({ vod, SubAppId, FileId, since, Order }: TaskListing, ScrollToken: string) {
  return vod.call('DescribeTasks', {
    SubAppId,
    FileId,
    CreateTime: { After: new Date(since).toISOString() },
    Sort: Order === undefined ? undefined : { Field: 'CreateTime', Order },
    Limit: 100,
    ScrollToken: ScrollToken || undefined,
  })
}
