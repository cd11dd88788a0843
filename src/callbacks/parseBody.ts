import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const ways: Readonly<Record<string, readonly Decompress[]>> = {
  gzip: [promisify<Buffer, object, Buffer>(gunzip)],
  // Some senders leave out the zlib header that the standard requires.
  deflate: [promisify<Buffer, object, Buffer>(inflate), promisify<Buffer, object, Buffer>(inflateRaw)],
  br: [promisify<Buffer, object, Buffer>(brotliDecompress)],
}

/** Content encodings of a body that is not compressed, if it does not begin as gzip does. */
const plainNames = ['', 'identity', 'gzip', 'x-gzip']

/** A body as received, and its Content-Encoding. */
export interface EncodedBody {
  readonly body: Buffer
  readonly encoding: string | null
}

/** A parsed body. `json` is undefined if the body is not JSON. `encoding` is absent if the bytes are not encoded. */
export type ParsedBody = { readonly json: unknown; readonly encoding?: string } | 'too-large'

/** Parses a body as JSON, and decompresses it up to the same size limit. */
export async function parseBody({ body, encoding }: EncodedBody, maxBytes: number): Promise<ParsedBody> {
  const way = wayOf({ body, encoding })
  for (const decompress of (Object.hasOwn(ways, way) && ways[way]) || []) {
    try {
      const plain = await decompress(body, { maxOutputLength: maxBytes })
      return { json: parseJson(plain), encoding: encoding || 'gzip' }
    } catch (error) {
      if (Object(error).code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
    }
  }
  const json = parseJson(body)
  // Bytes that vodflow cannot read keep the encoding that their sender named.
  return way === '' || json !== undefined || !encoding ? { json } : { json, encoding }
}

/**
 * Returns how a body is compressed, or an empty text. The first bytes decide whether it is gzip, because a proxy may have decompressed it
 * and kept the header, or the reverse.
 */
function wayOf({ body, encoding }: EncodedBody): string {
  if (body[0] === 0x1f && body[1] === 0x8b) return 'gzip'
  const named = (encoding ?? '').trim().toLowerCase()
  return plainNames.includes(named) ? '' : named
}

function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8')
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch {
    return undefined
  }
}
