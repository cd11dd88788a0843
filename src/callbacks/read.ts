/** Why a body was not read. */
export type Unread = 'too-large' | 'too-slow' | 'broken-off'

export interface ReadLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/**
 * Reads a body as it comes in, and never holds more than the limit.
 *
 * @throws Error when something before us has read the body: then there is nothing to pass on as it came.
 */
export async function readBody(
  request: Request,
  { maxBytes, timeoutMs }: ReadLimits,
): Promise<{ body: Buffer } | { unread: Unread }> {
  if (request.bodyUsed)
    throw new Error(
      'the body of the callback has been read already; mount the push handler before any body parser',
    )
  if (Number(request.headers.get('content-length')) > maxBytes) return { unread: 'too-large' }
  if (!request.body) return { body: Buffer.alloc(0) }
  const reader = request.body.getReader()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs)
  })
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const read = await Promise.race([reader.read(), late])
      if (read === 'late') return { unread: 'too-slow' }
      if (read.done) return { body: Buffer.concat(chunks) }
      size += read.value.length
      if (size > maxBytes) return { unread: 'too-large' }
      chunks.push(read.value)
    }
  } catch {
    return { unread: 'broken-off' }
  } finally {
    clearTimeout(timer)
    void reader.cancel().catch(() => {})
  }
}
