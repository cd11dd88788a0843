/** As many characters of a text as fit into so many bytes of UTF-8. */
export function firstBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text.slice(0, bytes))
  let end = Math.min(bytes, encoded.length)
  // Not within a character.
  while (end > 0 && isContinuation(encoded[end])) end--
  return encoded.toString('utf8', 0, end)
}

function isContinuation(byte = 0): boolean {
  return (byte & 0xc0) === 0x80
}
