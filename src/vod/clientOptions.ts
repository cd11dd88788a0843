import {
  anything,
  type Check,
  callable,
  duration,
  exactly,
  optional,
  text,
  whole,
  withFunctions,
} from '../contract/check.js'
import { aboveZeroRule, anyTextRule, durationRule } from '../contract/patterns.js'
import type { VodClientOptions, VodRequestOptions } from './client.js'
import type { SecretKeys, VodCredentials } from './credentials.js'

/*
 * Checks of the options of a client, so that a misspelled one cannot send calls to another endpoint or with other keys. The client checks
 * the text of the endpoint and of the keys.
 */

const passCredentials = 'pass { secretId, secretKey }, { assumeRole } or "default"'
const anyText = text(anyTextRule)
const keyText = text({ ...anyTextRule, remedy: passCredentials })

// It knows the name of the other form, so that a misspelled assumeRole is named.
const keys = exactly<SecretKeys & { readonly assumeRole?: unknown }>(
  { secretId: keyText, secretKey: keyText, token: optional(keyText), assumeRole: anything },
  passCredentials,
)
const role = exactly<Extract<VodCredentials, { readonly assumeRole: unknown }>>({
  assumeRole: exactly({ RoleArn: anyText, RoleSessionName: anyText }, 'pass { RoleArn, RoleSessionName }'),
})

const credentials: Check<VodCredentials> = function* (value) {
  if (value === 'default') return
  if (typeof value !== 'object' || value === null)
    yield { field: '', problem: 'is not a known kind of credentials', remedy: passCredentials }
  else yield* 'assumeRole' in value ? role(value) : keys(value)
}

export const vodRequestOptions = exactly<VodRequestOptions>(
  {
    signal: optional(
      withFunctions<AbortSignal>(['addEventListener'], 'pass the signal of an AbortController'),
    ),
    timeout: optional(duration(durationRule)),
  },
  'pass { signal, timeout }, or leave it out',
)

export const vodClientOptions = exactly<VodClientOptions>(
  {
    endpoint: optional(text({ ...anyTextRule, remedy: 'pass a URL, or leave it out for VOD itself' })),
    credentials: optional(credentials),
    region: optional(anyText),
    timeout: optional(duration(durationRule)),
    callsPerSecond: optional(whole(aboveZeroRule)),
    onCall: optional(callable()),
  },
  'pass { endpoint, credentials }, or {} for those of the environment',
)
