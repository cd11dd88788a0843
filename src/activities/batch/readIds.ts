import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import type { Cursor } from '../../contract/batch.js'
import type { Ids, IdsPage } from '../../contract/batchActivities.js'
import { InvalidInputError, VodError } from '../../contract/errors.js'
import { idsPage } from '../../contract/inputs.js'
import { fileIdPattern, isIsoTime } from '../../contract/patterns.js'
import { cut } from '../../contract/text.js'
import { valid } from '../../contract/valid.js'
import type { VodClient } from '../../vod/client.js'
import type { ActivityContext } from '../context.js'
import { refused, toFailure } from '../failure.js'
import { activityInfo, cancellationSignal, log } from '../sdk.js'

const pageSize = 100
const maxFileId = 64
/** "SearchMedia": Offset + Limit. Beyond that a search begins again, from the moment that it has come to. */
const maxResults = 5_000

/** Reads the next ids of a batch: one call, or a piece of a file. */
export function readIds({ clientFor, idsFolder }: ActivityContext) {
  return async (page: IdsPage): Promise<Ids> => {
    const { attempt } = activityInfo()
    try {
      valid(idsPage, page)
      const { account, SubAppId, source, cursor } = page
      if ('file' in source) return await readFile(await openIn(idsFolder, source.file), cursor)
      const client = await clientFor(account)
      const app = SubAppId === undefined ? {} : { SubAppId }
      return await search(client, { ...source.search, ...app }, cursor)
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error
      throw toFailure(error, { attempt, nonRetryable: isFinal(error) })
    }
  }
}

/** The page and the conditions of a search are the batch's own: no deployment changes them. */
function isFinal(error: unknown): boolean {
  if (error instanceof InvalidInputError) return true
  return error instanceof VodError && /^(UnknownParameter|InvalidParameter)/.test(error.code)
}

async function search(
  client: VodClient,
  conditions: Readonly<Record<string, unknown>>,
  cursor: Cursor,
): Promise<Ids> {
  const { read, after, Offset = 0, seen = [] } = cursor
  const range = Object(conditions.CreateTime) as { After?: string; Before?: string }
  const request = {
    ...conditions,
    ...(after === undefined ? {} : { CreateTime: { ...range, After: after } }),
    Sort: { Field: 'CreateTime', Order: 'Asc' as const },
    Filters: ['basicInfo'],
    Offset,
    Limit: pageSize,
  }
  const { MediaInfoSet, TotalCount } = await client.call('SearchMedia', request, {
    signal: cancellationSignal(),
  })
  const found = MediaInfoSet.map(({ FileId }) => FileId).filter((FileId) => !seen.includes(keptOf(FileId)))
  // A FileId becomes part of a workflow id, which Temporal would refuse again and again.
  const FileIds = found.filter((FileId) => fileIdPattern.test(FileId))
  const odd = found.length - FileIds.length
  if (odd > 0)
    log.warn('VOD lists media under ids that are no FileIds; the batch leaves them out', { count: odd })
  const ids = { FileIds, ...(odd > 0 ? { odd } : {}) }
  const total = after === undefined && Offset === 0 && TotalCount < maxResults ? { total: TotalCount } : {}
  if (MediaInfoSet.length < pageSize) return { ...ids, ...total }
  const next = read + found.length
  if (Offset + 2 * pageSize <= maxResults)
    return { ...ids, ...total, cursor: { ...cursor, read: next, Offset: Offset + pageSize } }
  // The moment that the last one was made in is read again, so what is known of it is passed over.
  const moment = createTimeOf(MediaInfoSet.at(-1))
  if (moment === '' || moment === after) {
    const problem = `more than ${maxResults - pageSize} media were made in one moment (${moment}), and VOD shows no more`
    throw refused('source.search', problem, 'give a file of ids')
  }
  const known = MediaInfoSet.filter((media) => createTimeOf(media) === moment).map(({ FileId }) =>
    keptOf(FileId),
  )
  return { ...ids, ...total, cursor: { read: next, after: moment, Offset: 0, seen: known } }
}

/** The batch carries what a search has seen, and VOD may list media under ids of any length. */
function keptOf(FileId: string): string {
  return cut(FileId, maxFileId)
}

function createTimeOf(media: Readonly<Record<string, unknown>> | undefined): string {
  const { CreateTime } = Object(media?.BasicInfo) as { CreateTime?: unknown }
  return typeof CreateTime === 'string' && isIsoTime(CreateTime) ? CreateTime : ''
}

const chunkBytes = 16 * 1024
/** What some editors put at the front of a file, as latin1 has it. */
const bom = /^\u00ef\u00bb\u00bf/

/** Ids come from whoever starts batches, and activities from whoever has the namespace: no other file of this machine is read. */
async function openIn(folder: string | undefined, name: string): Promise<FileHandle> {
  if (folder === undefined)
    throw refuse('this worker has no idsFolder', 'start it with one, or give FileIds or a search')
  try {
    const [real, file] = await Promise.all([realpath(folder), realpath(join(folder, name))])
    if (!file.startsWith(join(real, sep))) throw refuse('leads out of the idsFolder', 'copy the file into it')
    // A pipe would be waited for, and a link may have been put there since.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    throw refuse('is not a file', 'give that of a list of ids')
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error
    const { code } = Object(error) as { readonly code?: unknown }
    if (code === 'ENOENT') throw refuse('the idsFolder of this worker has no such file', 'copy it there')
    // An operator may fix it. The message does not show the path.
    throw ApplicationFailure.create({
      message: `source.file: this worker cannot read it (${String(code)}); see its permissions`,
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
        `has changed since the batch began (${cut(file, 100)}, now ${now})`,
        'once its runs have ended, start a batch under a new id, which passes over what is done unless skipDone is false',
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
    const bad = FileIds.find((FileId) => !fileIdPattern.test(FileId))
    if (bad !== undefined || (end === 0 && !last))
      throw refuse(`item ${read + FileIds.indexOf(bad ?? '') + 1} is not a FileId`, 'give one on each line')
    return {
      FileIds,
      ...(last ? {} : { cursor: { read: read + FileIds.length, byte: byte + end, file: now } }),
    }
  } finally {
    await handle.close()
  }
}
