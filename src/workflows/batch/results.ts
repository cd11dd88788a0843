import type { ItemEnded } from '../../contract/batch.js'
import type { StartResults } from '../../contract/batchActivities.js'
import { list, passing } from '../../contract/check.js'
import { ownList, ownText } from '../../contract/inputs.js'
import { asEnd } from './messages.js'

const ids = list(ownText, ownList)

/**
 * Reads a result of startRuns. Only the items of the call count, each of them once. An item with a malformed end counts as started, because
 * the check of silent runs finds its end. Returns undefined for a malformed result.
 */
export function asStartResults(result: unknown, FileIds: readonly string[]): StartResults | undefined {
  const { started, ended, skipped, missing, repeated } = Object(result) as Readonly<Record<string, unknown>>
  const lists = [started, skipped, missing, repeated].map((given) => passing(ids, given))
  if (!Array.isArray(ended) || lists.includes(undefined)) return undefined
  const [begun = [], left = [], gone = [], again = []] = lists
  const open = new Set(FileIds)
  const take = (FileId: string) => open.delete(FileId)
  const first = begun.filter(take)
  const ends = ended.flatMap((end: unknown) => asEnd(end) ?? []).filter(({ FileId }) => take(FileId))
  const odd = ended.map((end: unknown) => Object(end).FileId).filter(take)
  return {
    started: [...first, ...odd],
    ended: ends,
    skipped: left.filter(take),
    missing: gone.filter(take),
    repeated: again.filter(take),
  }
}

/** Reads a result of checkRuns. Only the items of the call count. A malformed result has none, and the next check asks again. */
export function asEnds(result: unknown, FileIds: readonly string[]): readonly ItemEnded[] {
  if (!Array.isArray(result)) return []
  const open = new Set(FileIds)
  return result.flatMap((end: unknown) => asEnd(end) ?? []).filter(({ FileId }) => open.delete(FileId))
}
