import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { activityInfo, cancellationSignal } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { VodClient } from '../../vod/client.js'
import { VodError } from '../../vod/errors.js'
import type { Cursor } from '../../vod/library.js'
import type { ActivityContext } from '../context.js'
import { toFailure } from '../failure.js'
import type { Ids, IdsPage } from './types.js'

const pageSize = 100
/** "SearchMedia": Offset + Limit. Beyond that a search begins again, from the moment that it has come to. */
const maxResults = 5_000

/** Reads the next ids of a batch: one call, or a piece of a file. */
export function readIds({ clientFor, idsFolder }: ActivityContext) {
  return async ({ account, SubAppId, source, cursor }: IdsPage): Promise<Ids> => {
    const { attempt } = activityInfo()
    try {
      if ('file' in source) return await readFile(fileIn(idsFolder, source.file), cursor)
      const client = await clientFor(account)
      const app = SubAppId === undefined ? {} : { SubAppId }
      return await search(client, { ...source.search, ...app }, cursor)
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error
      throw toFailure(error, { attempt, nonRetryable: isAboutConditions(error) })
    }
  }
}

/** The conditions of a search are the batch's own: no deployment changes them. */
function isAboutConditions(error: unknown): boolean {
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
  const FileIds = MediaInfoSet.map(({ FileId }) => FileId).filter((FileId) => !seen.includes(FileId))
  const total = after === undefined && Offset === 0 && TotalCount < maxResults ? { total: TotalCount } : {}
  if (MediaInfoSet.length < pageSize) return { FileIds, ...total }
  const next = read + FileIds.length
  if (Offset + 2 * pageSize <= maxResults)
    return { FileIds, ...total, cursor: { ...cursor, read: next, Offset: Offset + pageSize } }
  // The moment that the last one was made in is read again, so what is known of it is passed over.
  const moment = createTimeOf(MediaInfoSet.at(-1))
  if (moment === '' || moment === after) {
    const message = `more than ${maxResults - pageSize} media were made in one moment (${moment}), and VOD shows no more; give a file of ids`
    throw ApplicationFailure.nonRetryable(message, 'InvalidInput')
  }
  const known = MediaInfoSet.filter((media) => createTimeOf(media) === moment).map(({ FileId }) => FileId)
  return { FileIds, ...total, cursor: { read: next, after: moment, Offset: 0, seen: known } }
}

function createTimeOf(media: Readonly<Record<string, unknown>> | undefined): string {
  const { CreateTime } = Object(media?.BasicInfo) as { CreateTime?: unknown }
  return typeof CreateTime === 'string' ? CreateTime : ''
}

const chunkBytes = 16 * 1024

function fileIn(folder: string | undefined, name: string): string {
  if (folder !== undefined) return join(folder, name)
  const message = 'source.file: this worker has no idsFolder; start it with one, or give FileIds or a search'
  throw ApplicationFailure.nonRetryable(message, 'InvalidInput')
}

async function readFile(path: string, { read, byte = 0, file }: Cursor): Promise<Ids> {
  const found = await stat(path).catch(() => {
    throw ApplicationFailure.nonRetryable(
      'source.file: the idsFolder of this worker has no such file',
      'InvalidInput',
    )
  })
  const now = `${found.size} bytes, ${found.mtime.toISOString()}`
  if (file !== undefined && file !== now) {
    const message = `source.file: it has changed since the batch began (${file}, now ${now}); once its runs have ended, start a batch under a new id, which passes over what is done unless skipDone is false`
    throw ApplicationFailure.nonRetryable(message, 'InvalidInput')
  }
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, byte)
    const last = byte + bytesRead >= found.size
    const text = buffer.toString('latin1', 0, bytesRead)
    const end = last ? text.length : text.lastIndexOf('\n') + 1
    const lines = text.slice(0, end).split('\n')
    const FileIds = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
    const bad = FileIds.find((FileId) => !/^[\x21-\x7e]{1,64}$/.test(FileId))
    if (bad !== undefined || (end === 0 && !last)) {
      const message = `source.file: item ${read + FileIds.indexOf(bad ?? '') + 1} is not a FileId; give one on each line`
      throw ApplicationFailure.nonRetryable(message, 'InvalidInput')
    }
    return {
      FileIds,
      ...(last ? {} : { cursor: { read: read + FileIds.length, byte: byte + end, file: now } }),
    }
  } finally {
    await handle.close()
  }
}
