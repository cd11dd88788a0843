/** @returns the body of an answer; undefined when it has more than `most` bytes. @throws as the connection does. */
export async function boundedBody({ body }: Response, most: number): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    if (size > most) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}
