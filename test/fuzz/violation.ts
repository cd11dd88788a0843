/** A rule that was broken, and by what. */
export interface Violation {
  readonly rule: string
  /** Number of the input; with the seed it makes the same input again. */
  readonly index?: number | undefined
  readonly kind?: string | undefined
  readonly input?: string | undefined
}

const shown = 1_200

/** Text as it is if it is plain, else base64; a long one is cut. */
export function showBytes(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  const plain = /^[\x20-\x7e]*$/.test(text)
  const whole = plain ? text : `base64 ${bytes.toString('base64')}`
  return whole.length <= shown ? whole : `${whole.slice(0, shown)}... (${bytes.length} bytes)`
}
