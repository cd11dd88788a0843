import { sha256 } from '@noble/hashes/sha2.js'
import type { SubmitAction } from './actions.js'
import { base32 } from './base32.js'
import { canonicalJson } from './canonicalJson.js'
import type { Json } from './json.js'

/** The fields of a request that do not affect its tasks. */
export const incidental: readonly string[] = [
  'SessionId',
  'SessionContext',
  'TasksPriority',
  'TasksNotifyMode',
  'ExtInfo',
]

const hashLength = 26

/**
 * Returns the key of a step without a key of its own. For ProcessMediaByProcedure, it is `<SubAppId>/<media>/<ProcedureName>`. For any
 * other action, it is the action and a hash of the request, because its URLs may contain secrets. The key is a part of the SessionId, so
 * this function never changes.
 */
export function defaultKey(action: SubmitAction, request: Json): string {
  if (action === 'ProcessMediaByProcedure') {
    const { SubAppId, FileId, MediaStoragePath, ProcedureName } = request
    // A path also has slashes. The last slash precedes the name.
    const name = typeof ProcedureName === 'string' ? ProcedureName.replaceAll('/', '%2F') : ProcedureName
    return [SubAppId ?? 0, FileId || MediaStoragePath, name].join('/')
  }
  const asked = Object.entries(request).filter(
    ([name, value]) => !incidental.includes(name) && (value ?? '') !== '',
  )
  return keyOf(action, Object.fromEntries(asked))
}

/** Returns the key of a step: its own key, else one from its idempotencyKey or its request. */
export function keyOfStep(
  action: SubmitAction,
  {
    key,
    idempotencyKey,
    request,
  }: { key?: string | undefined; idempotencyKey?: string | undefined; request: Json },
): string {
  return key ?? (idempotencyKey === undefined ? defaultKey(action, request) : `${action}/${idempotencyKey}`)
}

/** Returns a key that consists of a kind and a hash of the content. */
export function keyOf(kind: string, content: Json): string {
  const digest = sha256(new TextEncoder().encode(canonicalJson(content)))
  return `${kind}/${base32(digest).slice(0, hashLength)}`
}
