/** The largest answers of VOD have some 100 kB. */
const maxAnswerBytes = 16 * 1024 * 1024

export const tooLarge = 'the answer is larger than 16 MiB'

/** What a client of Tencent's SDK has, and its types do not. */
interface Parsing {
  parseResponse(response: { size: number }): Promise<unknown>
}

/**
 * Lets a client of Tencent's SDK read a bounded answer, in bytes that have been unpacked. The SDK has no option for it, and reads whatever
 * comes until its memory ends. What exceeds the bound is still received: whoever asks aborts the request then.
 */
export function withBoundedAnswers<C extends object>(client: C): C {
  const parsing = client as C & Parsing
  const { parseResponse } = parsing
  parsing.parseResponse = (response) => {
    // Of node-fetch, which rejects with the type `max-size`.
    response.size = maxAnswerBytes
    return parseResponse.call(client, response)
  }
  return client
}

export function isTooLarge(error: unknown): boolean {
  return Object(error).type === 'max-size'
}
