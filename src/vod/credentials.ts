import * as importedClient from 'tencentcloud-sdk-nodejs-common/tencentcloud/common/common_client.js'
import * as importedCredentials from 'tencentcloud-sdk-nodejs-common/tencentcloud/common/credential.js'
import { classifyError } from '../contract/errorCodes.js'
import { InvalidInputError, VodError } from '../contract/errors.js'
import { secretOf } from '../contract/secret.js'
import { within } from '../contract/within.js'
import { withCheckedAnswers } from './checkedAnswers.js'
import { connectionsTo } from './connections.js'
import { fromCvmRole, renewed, type TemporaryKeys } from './temporaryKeys.js'

// Node exposes the exports of these CommonJS modules on the default import. CommonJS loaders (tsx, jest) expose them directly.
const { CommonClient } = importedClient.default ?? importedClient
const { ProfileCredential } = importedCredentials.default ?? importedCredentials

/** A key pair of Tencent Cloud, or a temporary one with its token. */
export interface SecretKeys {
  /** SecretId of the API key. */
  readonly secretId: string
  /** SecretKey of the API key. */
  readonly secretKey: string
  /** The STS token of temporary keys. */
  readonly token?: string | undefined
}

/**
 * The source of the keys. `default` uses the environment (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY,
 * TENCENTCLOUD_SESSION_TOKEN), else Tencent's credential file (~/.tencentcloud/credentials), else the CVM role.
 * `assumeRole` assumes a role with the keys of `default`. Temporary keys are renewed before they expire.
 */
export type VodCredentials =
  | 'default'
  | SecretKeys
  | { readonly assumeRole: { readonly RoleArn: string; readonly RoleSessionName: string } }

/** Keys as they are sent: the token is absent, or it is a text. */
export interface SentKeys extends Omit<SecretKeys, 'token'> {
  readonly token?: string
}

/** A source of keys. It is asked before every call, and answers from memory while the keys are valid. */
export interface CredentialSource {
  getCredential(): Promise<SentKeys>
}

/** The keys in a source. Members may be missing or empty. */
interface SourceFields {
  readonly secretId?: string | undefined
  readonly secretKey?: string | undefined
  readonly token?: string | undefined
}

/** The name of each member in its source, for messages. */
type Names = Readonly<Record<keyof SourceFields, string>>

interface Source {
  readonly names: Names
  find(): Promise<SourceFields>
}

/** The time limit for a source, in ms. The metadata server of a CVM answers immediately or does not exist. */
const sourceTimeoutMs = 3_000

const ofEnvironment: Names = {
  secretId: 'TENCENTCLOUD_SECRET_ID',
  secretKey: 'TENCENTCLOUD_SECRET_KEY',
  token: 'TENCENTCLOUD_SESSION_TOKEN',
}

const environment: Source = { names: ofEnvironment, find: async () => environmentNow() }

function environmentNow(): SourceFields {
  const { secretId, secretKey, token } = ofEnvironment
  return { secretId: process.env[secretId], secretKey: process.env[secretKey], token: process.env[token] }
}

/** Returns the variable that is not set although the other one of its pair is. */
function missingHalf(): string | undefined {
  const { secretId = '', secretKey = '' } = environmentNow()
  if ((secretId.trim() === '') === (secretKey.trim() === '')) return undefined
  return secretId.trim() === '' ? ofEnvironment.secretId : ofEnvironment.secretKey
}

const file: Source = {
  names: namesIn((member) => `${member} in the credential file`, ['secret_id', 'secret_key', 'token']),
  find: () => new ProfileCredential().getCredential(),
}

const answered = (by: string) =>
  namesIn((member) => `${member} that ${by} gave`, ['the SecretId', 'the SecretKey', 'the token'])

function namesIn(
  name: (member: string) => string,
  [secretId, secretKey, token]: readonly [string, string, string],
): Names {
  return { secretId: name(secretId), secretKey: name(secretKey), token: name(token) }
}

/**
 * @param field - the name of the option, e.g. `accounts.default.credentials`
 * @throws InvalidInputError if keys that are already present cannot be sent. It names the variable or the field, never the value.
 */
export function credentialSource(credentials: VodCredentials, field = 'credentials'): CredentialSource {
  if (credentials === 'default') {
    complete(environmentNow(), ofEnvironment)
    const cvmRole: Source = { names: answered('the CVM role'), find: renewed(fromCvmRole) }
    return firstOf([environment, file, cvmRole])
  }
  if (typeof credentials !== 'object' || credentials === null) {
    const remedy = 'pass { secretId, secretKey }, { assumeRole } or "default"'
    throw new InvalidInputError([{ field, problem: 'is not a known kind of credentials', remedy }])
  }
  if ('assumeRole' in credentials) {
    const found = credentialSource('default')
    const find = renewed(() => assumeRole(credentials.assumeRole, found))
    return firstOf([{ names: answered('STS'), find }])
  }
  const names = namesIn((member) => `${field}.${member}`, ['secretId', 'secretKey', 'token'])
  const keys = complete(credentials, names) ?? refuseEmpty(credentials, names)
  return { getCredential: async () => keys }
}

function refuseEmpty({ secretId = '', secretKey = '' }: SourceFields, names: Names): never {
  const empty = Object.entries({ secretId, secretKey }).filter(([, value]) => value.trim() === '')
  const remedy = 'pass the key, or leave the credentials out for those of the environment'
  throw new InvalidInputError(
    empty.map(([member]) => ({ field: names[member as keyof Names], problem: 'is empty', remedy })),
  )
}

/** The SecretId of keys that stay while a process runs, or the kind of other keys. `role` may also mean that there are none. */
export type KnownKey = { readonly secretId: string } | { readonly kind: 'role' | 'temporary' }

/**
 * Returns what is known of keys without a call. It checks those in the credential file; {@link credentialSource} checks all others when it
 * is created.
 *
 * @throws InvalidInputError if the keys cannot be sent.
 */
export async function knownKey(credentials: VodCredentials = 'default'): Promise<KnownKey> {
  if (credentials !== 'default' && !('assumeRole' in credentials)) return knownOf(credentials)
  const found = complete(environmentNow(), ofEnvironment) ?? complete(await file.find(), file.names)
  return found === undefined || credentials !== 'default' ? { kind: 'role' } : knownOf(found)
}

function knownOf({ secretId, token = '' }: SecretKeys): KnownKey {
  return token.trim() === '' ? { secretId: secretId.trim() } : { kind: 'temporary' }
}

/** Returns the first source that has keys. It is asked again for every call, so that temporary keys are renewed. */
function firstOf(sources: readonly Source[]): CredentialSource {
  let chosen: Source | undefined
  const keysOf = async (source: Source): Promise<SentKeys> => {
    const keys = sendable(await within(sourceTimeoutMs, source.find()).catch(notNow), source.names)
    if (keys) return keys
    return chosen ? notNow('the source had keys and has none now') : refuse('the source of the keys has none')
  }
  return {
    async getCredential() {
      // A source that had keys stays chosen: a failure now says nothing about the next call.
      const only = chosen ?? (sources.length === 1 ? sources[0] : undefined)
      if (only) return keysOf(only)
      let mayComeLater = false
      const none = (error: unknown): SourceFields => {
        mayComeLater ||= error instanceof VodError
        return {}
      }
      for (const source of sources) {
        const keys = sendable(await within(sourceTimeoutMs, source.find()).catch(none), source.names)
        if (keys) {
          chosen = source
          return keys
        }
      }
      const missing = missingHalf()
      const fail = mayComeLater ? notNow : refuse
      return fail(
        missing === undefined
          ? 'none found in the environment, in ~/.tencentcloud/credentials or from a CVM role'
          : `${missing} is not set, and no keys were found in ~/.tencentcloud/credentials or from a CVM role`,
      )
    },
  }
}

const stsEndpoint = new URL('https://sts.tencentcloudapi.com')

async function assumeRole(
  role: { readonly RoleArn: string; readonly RoleSessionName: string },
  by: CredentialSource,
): Promise<TemporaryKeys> {
  const httpProfile = { agent: connectionsTo(stsEndpoint, { reused: false }) }
  const sts = withCheckedAnswers(
    new CommonClient(stsEndpoint.host, '2018-08-13', {
      credential: { getCredential: () => by.getCredential() },
      region: 'ap-guangzhou',
      profile: { httpProfile },
    }),
  )
  const over = new AbortController()
  const { Credentials: given, ExpiredTime } = await sts
    .request('AssumeRole', { ...role }, { signal: over.signal })
    .finally(() => over.abort())
  return {
    secretId: given.TmpSecretId,
    secretKey: given.TmpSecretKey,
    token: given.Token,
    expiresAt: ExpiredTime * 1_000,
  }
}

/** Throws a VodError or a text of ours as it is. The message of a library is dropped, because it may quote a header. */
function notNow(error: unknown): never {
  if (error instanceof VodError) throw error
  const code = codeOfApi(error)
  if (classifyError(code).ofKey)
    throw failed('BadCredentials', `STS refuses the keys that assume the role (${code})`)
  const problem = code === '' ? 'the source of the keys failed' : `the source of the keys failed (${code})`
  throw failed('CredentialSource', typeof error === 'string' ? error : problem)
}

function failed(code: string, problem: string): VodError {
  return new VodError({ action: 'Credentials', code: `ClientError.${code}`, problem })
}

/** Returns the code with which STS explains a refusal, such as `AuthFailure.SecretIdNotFound`, or an empty text. */
function codeOfApi(error: unknown): string {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' && /^[A-Za-z]+(\.[A-Za-z]+){0,3}$/.test(code) ? code : ''
}

/** @throws InvalidInputError that names the member that cannot be sent. */
function complete(found: SourceFields, names: Names): SentKeys | undefined {
  const { secretId = '', secretKey = '', token = '' } = found
  const clean = {
    secretId: secretOf(names.secretId, secretId),
    secretKey: secretOf(names.secretKey, secretKey),
    token: secretOf(names.token, token),
  }
  if (clean.secretId === '' || clean.secretKey === '') return undefined
  return clean.token === '' ? { secretId: clean.secretId, secretKey: clean.secretKey } : clean
}

/** Completes keys for a call, whose error must be a VodError. */
function sendable(found: SourceFields, names: Names): SentKeys | undefined {
  try {
    return complete(found, names)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    const [{ field, problem } = { field: '', problem: '' }] = error.problems
    throw failed('BadCredentials', `${field} ${problem}`)
  }
}

function refuse(problem: string): never {
  throw failed('NoCredentials', problem)
}
