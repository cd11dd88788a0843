/** VOD's largest answers have about 100 kB. */
const maxAnswerBytes = 16 * 1024 * 1024

export const tooLarge = 'the answer is larger than 16 MiB'

/** A method of a client of Tencent's SDK that its types omit. */
interface Parsing {
  parseResponse(response: { size: number }): Promise<unknown>
}

/**
 * Limits the size of the answers that a client of Tencent's SDK reads, in uncompressed bytes. The SDK has no option for a limit: it reads
 * an answer of any size until memory runs out. Bytes beyond the limit still arrive, so the caller must abort the request.
 */
export function withBoundedAnswers<C extends object>(client: C): C {
  const parsing = client as C & Parsing
  const { parseResponse } = parsing
  parsing.parseResponse = (response) => {
    // node-fetch reads this option and rejects with the type `max-size`.
    response.size = maxAnswerBytes
    return parseResponse.call(client, response)
  }
  return client
}

export function isTooLarge(error: unknown): boolean {
  return Object(error).type === 'max-size'
}
