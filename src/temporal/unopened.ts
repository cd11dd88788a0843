/** The encoding of a payload that is encrypted. */
export const encryptedEncoding = 'binary/encrypted'

/** The encoding of one that cannot be decrypted: why. */
export function unopenedEncoding(problem: string): string {
  return `${encryptedEncoding} (${problem})`
}

/** Why a payload with this encoding cannot be decrypted; undefined with any other. */
export function problemOfEncoding(given: string): string | undefined {
  return given.startsWith(`${encryptedEncoding} (`)
    ? given.slice(encryptedEncoding.length + 2, -1)
    : undefined
}

/** A message in which a payload converter refuses such an encoding, without its words around the reason. */
export function withoutEncoding(message: string): string {
  return message.replace(/Unknown encoding: binary\/encrypted \(([^()]*)\)/g, '$1')
}
