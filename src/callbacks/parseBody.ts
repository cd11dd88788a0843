import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const ways: Readonly<Record<string, readonly Decompress[]>> = {
  gzip: [promisify<Buffer, object, Buffer>(gunzip)],
  // Some senders leave out the zlib header that the standard requires.
  deflate: [promisify<Buffer, object, Buffer>(inflate), promisify<Buffer, object, Buffer>(inflateRaw)],
  br: [promisify<Buffer, object, Buffer>(brotliDecompress)],
}

/** A body as received, and its Content-Encoding. */
export interface EncodedBody {
  readonly body: Buffer
  readonly encoding: string | null
}

/** A parsed body. `json` is undefined if the body is not JSON. `compressed` is true if the body was decompressed. */
export type ParsedBody = { readonly json: unknown; readonly compressed: boolean } | 'too-large'

/**
 * Parses a body as JSON, and decompresses it up to the same size limit. The first bytes decide whether it is gzip, because a proxy may have
 * decompressed it and kept the header, or the reverse.
 */
export async function parseBody({ body, encoding }: EncodedBody, maxBytes: number): Promise<ParsedBody> {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b
  const named = (encoding ?? '').trim().toLowerCase()
  const way = isGzip ? 'gzip' : named
  const decompressors = way === 'gzip' && !isGzip ? [] : Object.hasOwn(ways, way) ? ways[way] : []
  for (const decompress of decompressors ?? []) {
    try {
      const plain = await decompress(body, { maxOutputLength: maxBytes })
      return { json: parseJson(plain), compressed: true }
    } catch (error) {
      if (Object(error).code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
    }
  }
  return { json: parseJson(body), compressed: false }
}

function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8')
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch {
    return undefined
  }
}
