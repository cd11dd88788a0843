/** Why a body was not read. `already-read`: by something before us, and not as bytes. */
export type UnreadReason = 'already-read' | 'too-large' | 'too-slow' | 'broken-off'

export interface ReadLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
  /** Of all bodies that are being read. Above it, the one that has been coming for longest is cut off. */
  readonly maxTotalBytes: number
}

interface OpenBody {
  size: number
  readonly cut: () => void
}

/** What a parsed body becomes when it is used as a text. */
const objectText = Buffer.from(String({}))

/** Reads bodies as they come in, bytes as they were sent, and never holds more than the limits. */
export class BodyReader {
  readonly #limits: ReadLimits
  /** Oldest first. */
  readonly #readings = new Set<OpenBody>()
  #total = 0

  constructor(limits: ReadLimits) {
    this.#limits = limits
  }

  async read(request: Request): Promise<{ body: Buffer } | { unread: UnreadReason }> {
    if (request.bodyUsed || request.body?.locked) return { unread: 'already-read' }
    if (Number(request.headers.get('content-length')) > this.#limits.maxBytes) return { unread: 'too-large' }
    if (!request.body) return { body: Buffer.alloc(0) }
    const read = await this.#readAll(request.body.getReader())
    return 'body' in read && read.body.equals(objectText) ? { unread: 'already-read' } : read
  }

  async #readAll(
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<{ body: Buffer } | { unread: UnreadReason }> {
    const { maxBytes, timeoutMs } = this.#limits
    let cut = () => {}
    const late = new Promise<'late'>((resolve) => {
      cut = () => resolve('late')
    })
    const timer = setTimeout(cut, timeoutMs)
    const reading: OpenBody = { size: 0, cut }
    this.#readings.add(reading)
    const chunks: Uint8Array[] = []
    try {
      for (;;) {
        const read = await Promise.race([reader.read(), late])
        if (read === 'late') return { unread: 'too-slow' }
        if (read.done) return { body: Buffer.concat(chunks) }
        this.#grow(reading, read.value.length)
        if (reading.size > maxBytes) return { unread: 'too-large' }
        chunks.push(read.value)
      }
    } catch {
      return { unread: 'broken-off' }
    } finally {
      clearTimeout(timer)
      this.#drop(reading)
      void reader.cancel().catch(() => {})
    }
  }

  #grow(reading: OpenBody, bytes: number): void {
    reading.size += bytes
    if (!this.#readings.has(reading)) return
    this.#total += bytes
    for (const oldest of this.#readings) {
      if (this.#total <= this.#limits.maxTotalBytes) break
      this.#drop(oldest)
      oldest.cut()
    }
  }

  #drop(reading: OpenBody): void {
    if (this.#readings.delete(reading)) this.#total -= reading.size
  }
}
