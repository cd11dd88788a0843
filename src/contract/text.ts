/* How text is measured and cut. */

/** The beginning of a text: so many UTF-16 units at most, and no character cut in two. */
export function cut(text: string, most: number): string {
  const end = text.length > most && (text.codePointAt(most - 1) ?? 0) > 0xffff ? most - 1 : most
  return text.slice(0, end)
}

/** The beginning of a text: so many bytes of UTF-8 at most, and no character cut in two. */
export function cutBytes(text: string, most: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most))
  return text.slice(0, read)
}

/** The beginning of a text: so many bytes at most as JSON without its quotes, and no character cut in two. */
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

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
