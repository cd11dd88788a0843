import { Agent, get } from 'node:http'

/** Keys that expire. */
export interface TemporaryKeys {
  readonly secretId: string
  readonly secretKey: string
  readonly token: string
  /** Ms since the epoch. */
  readonly expiresAt: number
}

/** Keys are renewed before they expire, ms. */
const renewBeforeMs = 30_000

/** Answers from memory while the keys are good. A failure is not remembered: the next caller asks again. */
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
/** Keys have 2 kB. */
const maxMetadata = 64 * 1024

/** The keys of the role that this machine has (CAM, "Instance roles"). */
export async function fromCvmRole(): Promise<TemporaryKeys> {
  const role = (await metadata(roles)).trim()
  const { Code, TmpSecretId, TmpSecretKey, Token, ExpiredTime } = JSON.parse(
    await metadata(`${roles}${encodeURIComponent(role)}`),
  )
  if (Code !== 'Success') throw new Error('the metadata server has no keys')
  return {
    secretId: TmpSecretId,
    secretKey: TmpSecretKey,
    token: Token,
    expiresAt: ExpiredTime * 1_000,
  }
}

/** Never through a proxy: only this machine's own metadata server may be believed, and it answers no other. */
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
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error('refused'))))
    })
    asked.on('error', reject)
  })
}
