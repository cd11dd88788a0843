/** As many characters of a text as fit into so many bytes of UTF-8. */
export function firstBytes(text: string, bytes: number): string {
  // A character cut in two becomes U+FFFD.
  return Buffer.from(text)
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD+$/u, '')
}
