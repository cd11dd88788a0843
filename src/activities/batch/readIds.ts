import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import type { Cursor } from '../../contract/batch.js'
import type { Ids, IdsPage } from '../../contract/batchActivities.js'
import { InvalidInputError, VodError } from '../../contract/errors.js'
import { idsPage } from '../../contract/inputs.js'
import { distinct } from '../../contract/json.js'
import { isFileId, isIsoTime } from '../../contract/patterns.js'
import { cut } from '../../contract/text.js'
import { valid } from '../../contract/valid.js'
import type { VodClient } from '../../vod/client.js'
import { incompleteAnswer } from '../../vod/incompleteAnswer.js'
import type { ListedMedia, SearchMediaAnswer } from '../../vod/responses.js'
import type { ActivityContext } from '../context.js'
import { refused, toFailure, untilUnusable } from '../failure.js'
import { activityInfo, cancellationSignal, log } from '../sdk.js'

const pageSize = 100
const maxFileId = 64
/** The limit of Offset + Limit ("SearchMedia"). Beyond it, a new search starts at the CreateTime of the last result. */
const maxResults = 5_000

/** Reads the next ids of a batch, with one call or from a piece of a file. */
export function readIds({ clientFor, idsFolder }: ActivityContext) {
  return async (page: IdsPage): Promise<Ids> => {
    const { attempt } = activityInfo()
    try {
      valid(idsPage, page)
      const { account, SubAppId, source, cursor } = page
      if ('file' in source) return await readFile(await openIn(idsFolder, source.file), cursor)
      const client = await clientFor(account)
      const app = SubAppId === undefined ? {} : { SubAppId }
      return await search(client, { ...source.search, ...app }, { cursor, attempt })
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error
      throw toFailure(error, isFinal(error) ? { attempt, nonRetryable: true } : untilUnusable(error, attempt))
    }
  }
}

/** The page and the conditions of a search come from the batch, so no deployment can fix them. */
function isFinal(error: unknown): boolean {
  if (error instanceof InvalidInputError) return true
  return error instanceof VodError && /^(UnknownParameter|InvalidParameter)/.test(error.vodCode)
}

/** The attempt from which a page with fewer media than VOD counts is taken, and the search reads on behind it. */
const shortPages = 3

/**
 * Reads one page. Each answer counts the media of the search. A page with fewer is asked for again, and if VOD only sends such pages, the
 * search ends once it has read as many as the latest answer counts.
 */
async function search(
  client: VodClient,
  conditions: Readonly<Record<string, unknown>>,
  { cursor, attempt }: { readonly cursor: Cursor; readonly attempt: number },
): Promise<Ids> {
  const { after, Offset = 0, seen = [] } = cursor
  const range = Object(conditions.CreateTime) as { After?: string; Before?: string }
  const request = {
    ...conditions,
    ...(after === undefined ? {} : { CreateTime: { ...range, After: after } }),
    Sort: { Field: 'CreateTime', Order: 'Asc' as const },
    Filters: ['basicInfo'],
    Offset,
    Limit: pageSize,
  }
  const page = await client.call('SearchMedia', request, { signal: cancellationSignal() })
  const { shown, isShort } = checkedPage(page, cursor, attempt)
  const { MediaInfoSet, TotalCount } = page
  const found = MediaInfoSet.map(({ FileId }) => FileId).filter((FileId) => !seen.includes(keptOf(FileId)))
  // A FileId becomes part of a workflow id. Temporal would refuse a malformed one on every attempt.
  const FileIds = found.filter(isFileId)
  const odd = found.length - FileIds.length
  if (odd > 0) log.warn('VOD lists media with malformed FileIds; the batch omits them', { count: odd })
  const total = after === undefined && Offset === 0 && TotalCount < maxResults ? { total: TotalCount } : {}
  const ids = { FileIds, ...(odd > 0 ? { odd } : {}), ...total }
  if (shown < pageSize && !isShort) return ids
  return { ...ids, cursor: nextCursor(cursor, MediaInfoSet, { found: found.length, shown, isShort }) }
}

interface PageSize {
  /** The number of media that a page shows, each counted once. */
  readonly shown: number
  /** The page shows fewer than VOD counts. */
  readonly isShort: boolean
}

/** @throws VodError if the page does not have what VOD counts, or media of the page before it. */
function checkedPage(
  { MediaInfoSet, TotalCount }: SearchMediaAnswer,
  { Offset = 0, past }: Cursor,
  attempt: number,
): PageSize {
  const shown = distinct(MediaInfoSet, ({ FileId }) => FileId || undefined).length
  const counted = Math.min(pageSize, Math.max(0, TotalCount - Offset))
  if (past !== undefined && MediaInfoSet.some(({ FileId }) => keptOf(FileId) === past))
    throw incomplete(`read ${Offset} of ${TotalCount}: the page at Offset ${Offset} shows ${past} again`)
  const isShort = shown > 0 && shown < counted
  if (shown === counted || (isShort && attempt >= shortPages)) return { shown, isShort }
  const where = `the page at Offset ${Offset} has ${shown} media, not ${counted}`
  throw incomplete(`read ${Offset + shown} of ${TotalCount}: ${where}`)
}

/** @throws ApplicationFailure if VOD cannot show what comes next. */
function nextCursor(
  { past: _, ...cursor }: Cursor,
  media: readonly ListedMedia[],
  { found, shown, isShort }: PageSize & { readonly found: number },
): Cursor {
  const read = cursor.read + found
  const Offset = (cursor.Offset ?? 0) + shown
  if (Offset + pageSize <= maxResults) {
    // Media that begin to match during the batch move others to the next page, but never a whole page.
    const past = keptOf(media.at(isShort ? -1 : 0)?.FileId ?? '')
    return { ...cursor, read, Offset, ...(past === '' ? {} : { past }) }
  }
  // The next search includes the CreateTime of the last result, so media of that time that were read are skipped.
  const moment = createTimeOf(media.at(-1))
  if (moment === '' || moment === cursor.after) {
    const problem = `finds more than ${maxResults - pageSize} media with the same CreateTime (${moment}); VOD shows no more of them`
    throw refused('source.search', problem, 'pass a file of ids')
  }
  const known = media.filter((each) => createTimeOf(each) === moment)
  return { read, after: moment, Offset: 0, seen: known.map(({ FileId }) => keptOf(FileId)) }
}

function incomplete(problem: string): VodError {
  return incompleteAnswer('SearchMedia', problem)
}

/** Cuts an id, because the state of the batch contains the ids that a search has seen, and VOD may list ids of any length. */
function keptOf(FileId: string): string {
  return cut(FileId, maxFileId)
}

function createTimeOf(media: Readonly<Record<string, unknown>> | undefined): string {
  const { CreateTime } = Object(media?.BasicInfo) as { CreateTime?: unknown }
  return typeof CreateTime === 'string' && isIsoTime(CreateTime) ? CreateTime : ''
}

const chunkBytes = 16 * 1024
/** The byte order mark that some editors put at the start of a file, in latin1. */
const bom = /^\u00ef\u00bb\u00bf/

/** The name of the file comes from anyone with access to the namespace, so no file outside the folder is read. */
async function openIn(folder: string | undefined, name: string): Promise<FileHandle> {
  if (folder === undefined)
    throw refuse('needs a worker with an idsFolder', 'start the worker with one, or pass FileIds or a search')
  try {
    const [real, file] = await Promise.all([realpath(folder), realpath(join(folder, name))])
    if (!file.startsWith(join(real, sep))) throw refuse('is outside the idsFolder', 'copy the file into it')
    // Opening a pipe would block, and a link may have replaced the file since the check.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    throw refuse('is not a file', 'pass the name of a text file with ids')
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error
    const { code } = Object(error) as { readonly code?: unknown }
    if (code === 'ENOENT') throw refuse("does not exist in the worker's idsFolder", 'copy it there')
    // It is retried, because an operator may fix it. The message does not show the path.
    throw ApplicationFailure.create({
      message: `source.file: the worker cannot read the file (${String(code)}); check its permissions`,
      type: 'Unreadable',
    })
  }
}

function refuse(problem: string, remedy: string): ApplicationFailure {
  return refused('source.file', problem, remedy)
}

async function readFile(handle: FileHandle, { read, byte = 0, file }: Cursor): Promise<Ids> {
  try {
    const found = await handle.stat()
    const now = `${found.size} bytes, ${found.mtime.toISOString()}`
    if (file !== undefined && file !== now) {
      throw refuse(
        `has changed since the batch started (${cut(file, 100)}, now ${now})`,
        'once its runs have ended, start a batch with a new id; it skips processed media unless skipDone is false',
      )
    }
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, byte)
    const last = byte + bytesRead >= found.size
    const text = buffer.toString('latin1', 0, bytesRead)
    const end = last ? text.length : text.lastIndexOf('\n') + 1
    const lines = text.slice(0, end).split('\n')
    const FileIds = lines
      .map((line) => line.replace(bom, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
    const bad = FileIds.find((FileId) => !isFileId(FileId))
    if (bad !== undefined || (end === 0 && !last))
      throw refuse(
        `has an item that is not a FileId (number ${read + FileIds.indexOf(bad ?? '') + 1})`,
        'write one FileId on each line',
      )
    return {
      FileIds,
      ...(last ? {} : { cursor: { read: read + FileIds.length, byte: byte + end, file: now } }),
    }
  } finally {
    await handle.close()
  }
}
