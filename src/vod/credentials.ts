import * as imported from 'tencentcloud-sdk-nodejs-common/tencentcloud/common/credential.js'
import { VodError } from './errors.js'

// Node gives the names of this CommonJS module as its default import, and a CommonJS loader, as tsx and jest have one, by themselves.
const tencentCredentials = imported.default ?? imported
const { CvmRoleCredential, EnvironmentVariableCredential, ProfileCredential, STSCredential } =
  tencentCredentials

/** A key, or a temporary one with its token. */
export interface SecretKeys {
  readonly secretId: string
  readonly secretKey: string
  /** STS token of temporary keys. */
  readonly token?: string
}

/**
 * Where keys come from. `default`: the environment (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY,
 * TENCENTCLOUD_SESSION_TOKEN), else Tencent's credential file (~/.tencentcloud/credentials), else the CVM role.
 * `assumeRole` takes a role with the keys found so; temporary keys are renewed before they expire.
 */
export type Credentials =
  | 'default'
  | SecretKeys
  | { readonly assumeRole: { readonly RoleArn: string; readonly RoleSessionName: string } }

/** Asked before every call: answers from memory while the keys are good. */
export interface CredentialSource {
  getCredential(): Promise<SecretKeys>
}

/** The metadata server of a CVM answers at once or is not there, ms. */
const sourceTimeoutMs = 3_000

export function credentialSource(credentials: Credentials): CredentialSource {
  if (credentials === 'default')
    return firstOf([new EnvironmentVariableCredential(), new ProfileCredential(), new CvmRoleCredential()])
  if ('assumeRole' in credentials) {
    const found = credentialSource('default')
    const config = { credential: { getCredential: () => found.getCredential() }, region: 'ap-guangzhou' }
    return firstOf([new STSCredential(config, { ...credentials.assumeRole })])
  }
  return {
    getCredential: async () => complete(credentials) ?? refuse('the secretId or the secretKey is empty'),
  }
}

interface TencentSource {
  getCredential(): Promise<{ secretId?: string; secretKey?: string; token?: string }>
}

/** The first source that has keys; it is asked again for every call, so that temporary keys are renewed. */
function firstOf(sources: readonly TencentSource[]): CredentialSource {
  let chosen: TencentSource | undefined
  return {
    async getCredential() {
      // The one that had keys: that it does not answer now says nothing about the next time.
      const only = chosen ?? (sources.length === 1 ? sources[0] : undefined)
      if (only) {
        const keys = complete(await inTime(only).catch(notNow))
        if (keys) return keys
        return chosen
          ? notNow(new Error('the source had keys and has none now'))
          : refuse('the source of the keys has none')
      }
      for (const source of sources) {
        const keys = complete(await inTime(source).catch(() => ({})))
        if (keys) {
          chosen = source
          return keys
        }
      }
      return refuse('none found in the environment, in ~/.tencentcloud/credentials or from a CVM role')
    },
  }
}

function notNow(error: unknown): never {
  const problem = error instanceof Error ? error.message : 'the source of the keys failed'
  throw new VodError({ action: 'Credentials', code: 'ClientError.CredentialSource', problem })
}

async function inTime(source: TencentSource) {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), sourceTimeoutMs)
  })
  return Promise.race([source.getCredential(), late]).finally(() => clearTimeout(timer))
}

function complete({
  secretId,
  secretKey,
  token,
}: {
  secretId?: string
  secretKey?: string
  token?: string
}): SecretKeys | undefined {
  if (!secretId || !secretKey) return undefined
  return { secretId, secretKey, ...(token ? { token } : {}) }
}

function refuse(problem: string): never {
  throw new VodError({ action: 'Credentials', code: 'ClientError.NoCredentials', problem })
}
