import { Agent, get } from 'node:http'
import { VodError } from '../contract/errors.js'

/** Keys with an expiry. */
export interface TemporaryKeys {
  readonly secretId: string
  readonly secretKey: string
  readonly token: string
  /** In ms since the epoch. */
  readonly expiresAt: number
}

/** The time before their expiry at which keys are renewed, in ms. */
const renewBeforeMs = 30_000

/** Returns a function that answers from memory while the keys are valid. A failure is not remembered: the next caller asks again. */
export function renewed(ask: () => Promise<TemporaryKeys>): () => Promise<TemporaryKeys> {
  let held: Promise<TemporaryKeys> | undefined
  const asked = () => {
    const asking = ask()
    held = asking
    asking.catch(() => {
      if (held === asking) held = undefined
    })
    return asking
  }
  return async () => {
    const keys = await (held ?? asked())
    return keys.expiresAt - renewBeforeMs > Date.now() ? keys : asked()
  }
}

const roles = 'http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/'
const metadataTimeoutMs = 3_000
/** The largest answer, in characters. Keys have 2 kB. */
const maxMetadata = 64 * 1024

/**
 * Returns the keys of this machine's role (CAM, "Instance roles").
 *
 * @throws VodError if there is a metadata server, but no role or no keys, which may come later
 */
export async function fromCvmRole(): Promise<TemporaryKeys> {
  const role = (await metadata(roles)).trim()
  const { Code, TmpSecretId, TmpSecretKey, Token, ExpiredTime } = fieldsIn(
    await metadata(`${roles}${encodeURIComponent(role)}`),
  )
  if (Code !== 'Success') throw noKeysYet()
  return {
    secretId: TmpSecretId,
    secretKey: TmpSecretKey,
    token: Token,
    expiresAt: ExpiredTime * 1_000,
  }
}

function noKeysYet(): VodError {
  const problem = 'the metadata server of the CVM gave no keys'
  return new VodError({ action: 'Credentials', code: 'ClientError.CredentialSource', problem })
}

function fieldsIn(answer: string) {
  try {
    return JSON.parse(answer)
  } catch {
    throw noKeysYet()
  }
}

/** The request never goes through a proxy: only this machine's own metadata server is trustworthy, and it answers only this machine. */
function metadata(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(metadataTimeoutMs)
    const asked = get(url, { agent: new Agent(), signal }, async (response) => {
      response.on('error', reject).setEncoding('utf8')
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
        if (text.length > maxMetadata) response.destroy(new Error('too large'))
      })
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(noKeysYet())))
    })
    asked.on('error', reject)
  })
}
