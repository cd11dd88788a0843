/** Why a body was not read. */
export type Unread = 'too-large' | 'too-slow'

export interface ReadLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** Reads a body as it comes in, and never holds more than the limit. */
export async function readText(
  request: Request,
  { maxBytes, timeoutMs }: ReadLimits,
): Promise<{ text: string } | { unread: Unread }> {
  if (Number(request.headers.get('content-length')) > maxBytes) return { unread: 'too-large' }
  if (!request.body) return { text: '' }
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
      if (read.done) return { text: Buffer.concat(chunks).toString('utf8') }
      size += read.value.length
      if (size > maxBytes) return { unread: 'too-large' }
      chunks.push(read.value)
    }
  } finally {
    clearTimeout(timer)
    void reader.cancel().catch(() => {})
  }
}
