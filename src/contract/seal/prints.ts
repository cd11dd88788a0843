import { filled } from '../json.js'
import { isAllowedByDefault } from '../syncActions.js'
import { macOf } from './mac.js'
import type { MacKeys } from './macKeys.js'

/** What the workers of an account must share, as each of them shows it: fingerprints in place of keys. */
export interface Prints {
  /** The MAC keys, the one that signs first. */
  readonly macKeys: readonly MacKeyPrint[]
  /** The host of VOD's endpoint. */
  readonly endpoint: string
  /** A fingerprint of the SecretId, or the kind of keys that change while a worker runs. */
  readonly key: string
  /** A fingerprint of the actions that workflows may call, without those that every worker allows. */
  readonly allow: string
}

/** The id of a MAC key with a fingerprint of its secret. */
export interface MacKeyPrint {
  readonly id: string
  readonly print: string
}

/** 60 bits. */
const printLength = 10
/** The largest number of keys that are shown, so that the text fits into an identity of Temporal. */
const maxShown = 16
/** A worker of another version may show less, or more at the end. */
const pattern = /^MAC keys (\S+)(?: VOD (\S{1,260}))?(?: key ([\w-]{1,10}))?(?: allow ([\w-]{10}))?(?: .*)?$/
const keyPattern = /^([A-Za-z0-9]{1,8}):([\w-]{10})$/

/** Returns the prints of MAC keys, the one that signs first. */
export function macKeyPrints({ sign, verify }: MacKeys): readonly MacKeyPrint[] {
  return [sign, ...verify.filter(({ id }) => id !== sign.id)]
    .slice(0, maxShown)
    .map(({ id, secret }) => ({ id, print: printOf('MAC key', secret) }))
}

/** Returns the print of a SecretId, or the kind of keys without one that stays. */
export function keyPrint(key: { readonly secretId: string } | { readonly kind: string }): string {
  return 'kind' in key ? key.kind : printOf('SecretId', key.secretId)
}

/** Returns the print of a list of allowed actions, which is the same in any order. */
export function allowPrint(allow: readonly string[]): string {
  const named = new Set(allow.filter((action) => !isAllowedByDefault(action)))
  return printOf('allow', [...named].sort().join(','))
}

/** Returns a MAC of a fixed text, which reveals nothing of a random secret or SecretId. */
function printOf(kind: 'MAC key' | 'SecretId' | 'allow', value: string): string {
  return macOf(`fingerprint|${kind}`, value).slice(0, printLength)
}

/** Returns prints as text, e.g. `MAC keys k2:4jRtLpX0aQ,k1:9fKc2_ZbVn VOD vod.intl.tencentcloudapi.com key hV0c3mQ2-w allow 2b9Xk_LqZ0`. */
export function printsText({ macKeys, endpoint, key, allow }: Prints): string {
  return `MAC keys ${macKeys.map(({ id, print }) => `${id}:${print}`).join(',')} VOD ${endpoint} key ${key} allow ${allow}`
}

/** Reads what {@link printsText} wrote. Anyone can poll a task queue under any identity, so the text may be anything. */
export function printsIn(text: string): Partial<Prints> | undefined {
  const [, keys = '', endpoint, key, allow] = pattern.exec(text) ?? []
  const macKeys = keys.split(',').map((entry) => {
    const [, id, print] = keyPattern.exec(entry) ?? []
    return id === undefined || print === undefined ? undefined : { id, print }
  })
  return macKeys.every((each) => each !== undefined)
    ? { macKeys: macKeys.slice(0, maxShown), ...filled({ endpoint, key, allow }) }
    : undefined
}
