/** The start of the failure of a workflow task whose worker cannot read an input or a result. Clients recognize it. */
export const cannotRead = 'this worker cannot read a payload'

/** The encoding of a payload that is encrypted. */
export const encryptedEncoding = 'binary/encrypted'

/** Returns the encoding of a payload that cannot be decrypted. It contains the reason. */
export function unopenedEncoding(problem: string): string {
  return `${encryptedEncoding} (${problem})`
}

/** Returns the reason why a payload with this encoding cannot be decrypted, or undefined for any other encoding. */
export function problemOfEncoding(given: string): string | undefined {
  return given.startsWith(`${encryptedEncoding} (`)
    ? given.slice(encryptedEncoding.length + 2, -1)
    : undefined
}

/** Reduces a payload converter's message about such an encoding to the reason. */
export function withoutEncoding(message: string): string {
  return message.replace(/Unknown encoding: binary\/encrypted \(([^()]*)\)/g, '$1')
}

/** Returns true if a payload converter says that a payload is encrypted, because its worker has no codec that decrypts. */
export function hasNoKeys(message: string): boolean {
  return /Unknown encoding: binary\/encrypted(?! \()/.test(message)
}
