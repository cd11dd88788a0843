import { createHash } from 'node:crypto'
import { placeIn } from '../contract/runNames.js'
import type { RunInput } from '../contract/stepInput.js'
import { cutBytes } from '../contract/text.js'

/**
 * Maximum length of a generated workflow id, in bytes of UTF-8. Temporal allows 1,000. The id is also a part of
 * VOD's SessionContext, whose 1,000 characters it shares with the caller's own context.
 */
export const maxWorkflowIdBytes = 200

const hashLength = 32

/**
 * Returns the workflow id of a request: `vod/<SubAppId>/<FileId>/<ProcedureName>`, or
 * `vod/<SubAppId>/path:<MediaStoragePath>/<ProcedureName>`. Without a SubAppId, `account:<alias>` takes its place, or nothing for the
 * account `default`. With an idempotencyKey, the id is `vod/<SubAppId>/key:<idempotencyKey>`: the key names the work, and another request
 * with the same key is refused. Different inputs have different ids. An id above 200 bytes is cut, and ends in `~` and a hash of the
 * whole id.
 */
export function workflowIdFor({
  request,
  account = 'default',
  idempotencyKey,
}: Pick<RunInput, 'request' | 'account' | 'idempotencyKey'>): string {
  const { SubAppId, FileId, MediaStoragePath, ProcedureName } = request
  const place = placeIn({ SubAppId, account: escaped(account) })
  if (idempotencyKey !== undefined) return bounded(`vod/${place}key:${escaped(idempotencyKey)}`)
  const path = (MediaStoragePath ?? '').split('/').map(escaped).join('/')
  const media = FileId ? escaped(FileId) : `path:${path}`
  return bounded(`vod/${place}${media}/${escaped(ProcedureName)}`)
}

/**
 * Escapes a part of an id. Letters of every script stay readable. `/`, `:`, `~` and `%` have a meaning in ids. Blanks and control
 * characters get lost when an id is copied. UTF-8 cannot encode a lone surrogate.
 */
function escaped(text: string): string {
  return text.replace(/[/:~%\s\p{Cc}\p{Cf}]|\p{Cs}/gu, (char) =>
    /\p{Cs}/u.test(char)
      ? `%u${char.charCodeAt(0).toString(16)}`
      : [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

function bounded(id: string): string {
  if (Buffer.byteLength(id) <= maxWorkflowIdBytes) return id
  const hash = createHash('sha256').update(id).digest('hex').slice(0, hashLength)
  return `${cutBytes(id, maxWorkflowIdBytes - hashLength - 1)}~${hash}`
}
