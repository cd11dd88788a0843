import { sha256 } from '@noble/hashes/sha2.js'
import type { SubmitAction } from './actions.js'
import { base32 } from './base32.js'
import { canonicalJson } from './canonicalJson.js'
import type { Json } from './json.js'

/** What does not change what VOD makes. */
export const incidental: readonly string[] = [
  'SessionId',
  'SessionContext',
  'TasksPriority',
  'TasksNotifyMode',
  'ExtInfo',
]

const hashLength = 26

/**
 * The key of a step that was given none: what it asks for. Of ProcessMediaByProcedure `<SubAppId>/<media>/<ProcedureName>`, of
 * all others the action and a hash of the request, whose URLs may have secrets in them. It goes into the SessionId: it
 * never changes.
 */
export function defaultKey(action: SubmitAction, request: Json): string {
  if (action === 'ProcessMediaByProcedure') {
    const { SubAppId, FileId, MediaStoragePath, ProcedureName } = request
    // A path has slashes too: the last one stands before the name.
    const name = typeof ProcedureName === 'string' ? ProcedureName.replaceAll('/', '%2F') : ProcedureName
    return [SubAppId ?? 0, FileId || MediaStoragePath, name].join('/')
  }
  const asked = Object.entries(request).filter(
    ([name, value]) => !incidental.includes(name) && (value ?? '') !== '',
  )
  return keyOf(action, Object.fromEntries(asked))
}

/** The key of a step: the one that it was given, else what names its work. */
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

/** A key that says what a thing is, and tells it from others of its kind. */
export function keyOf(kind: string, content: Json): string {
  const digest = sha256(new TextEncoder().encode(canonicalJson(content)))
  return `${kind}/${base32(digest).slice(0, hashLength)}`
}
