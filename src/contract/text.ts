/* Functions that measure and cut text. */

/** Returns the start of a text, with at most `most` UTF-16 units. It never splits a character. */
export function cut(text: string, most: number): string {
  const end = text.length > most && (text.codePointAt(most - 1) ?? 0) > 0xffff ? most - 1 : most
  return text.slice(0, end)
}

/** Returns the start of a text, with at most `most` bytes of UTF-8. It never splits a character. */
export function cutBytes(text: string, most: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most))
  return text.slice(0, read)
}

/** Returns the start of a text, with at most `most` bytes as JSON without quotes. It never splits a character. */
export function cutJson(text: string, most: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Length(JSON.stringify(character)) - 2
    if (bytes > most) break
    end += character.length
  }
  return text.slice(0, end)
}

/** Returns the number of bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
