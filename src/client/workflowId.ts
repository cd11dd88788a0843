import { createHash } from 'node:crypto'
import type { RunInput } from '../contract/stepInput.js'
import { cutBytes } from '../contract/text.js'

/**
 * Longest workflow id that is made here, in bytes of UTF-8. Temporal takes 1,000; but the id also travels in
 * VOD's SessionContext, whose 1,000 characters the caller's own context wants too.
 */
export const maxWorkflowIdBytes = 200

const hashLength = 32

/**
 * The workflow id of a request: `vod/<SubAppId>/<FileId>/<ProcedureName>`, or
 * `vod/<SubAppId>/path:<MediaStoragePath>/<ProcedureName>`; without a SubAppId the account's alias stands in its
 * place, as `account:<alias>`. With an idempotencyKey `vod/<SubAppId>/key:<idempotencyKey>`: the key names the work, and another
 * request under it is refused. Different inputs have different ids. Above 200 bytes the id is
 * cut and ends in `~` and a hash of the whole.
 */
export function workflowIdOf({
  request,
  account = 'default',
  idempotencyKey,
}: Pick<RunInput, 'request' | 'account' | 'idempotencyKey'>): string {
  const { SubAppId, FileId, MediaStoragePath, ProcedureName } = request
  const app = SubAppId === undefined ? `account:${escaped(account)}` : String(SubAppId)
  if (idempotencyKey !== undefined) return bounded(`vod/${app}/key:${escaped(idempotencyKey)}`)
  const path = (MediaStoragePath ?? '').split('/').map(escaped).join('/')
  const media = FileId ? escaped(FileId) : `path:${path}`
  return bounded(`vod/${app}/${media}/${escaped(ProcedureName)}`)
}

/**
 * Letters of every script stay readable. `/`, `:`, `~` and `%` mean something here; blanks and control characters
 * do not survive being copied; a lone surrogate does not survive UTF-8.
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
