import { asyncActions } from '../contract/actions.js'
import { object } from '../contract/json.js'

/** VOD's largest answers have about 100 kB. */
const maxAnswerBytes = 16 * 1024 * 1024

/** An answer of HTTP, as the SDK reads it. */
interface Answer {
  size: number
  readonly headers: { get(name: string): string | null }
  json(): Promise<unknown>
}

/** A method of a client of Tencent's SDK that its types omit. */
interface Parsing {
  parseResponse(response: Answer): Promise<unknown>
}

/** The type of the error for an answer that names a task and an error. The SDK would show the error alone, which proves that there is no task. */
const contradiction = 'contradiction'

/**
 * The type of the error for a stream of events, which no action of VOD answers with. The SDK would return the open stream as the answer. A
 * stream that breaks off would then end the process, because nothing handles its error.
 */
const eventStream = 'event-stream'

/**
 * Limits the size of the answers that a client of Tencent's SDK reads, in uncompressed bytes. Refuses those with both a task and an error,
 * and streams of events. The SDK has no option for a limit: it reads an answer of any size until memory runs out. Bytes beyond the limit still arrive, so
 * the caller must abort the request.
 */
export function withCheckedAnswers<C extends object>(client: C): C {
  const parsing = client as C & Parsing
  const { parseResponse } = parsing
  parsing.parseResponse = async (response) => {
    if (/event-stream/i.test(response.headers.get('content-type') ?? ''))
      throw Object.assign(new Error(eventStream), { type: eventStream })
    // node-fetch reads this option and rejects with the type `max-size`.
    response.size = maxAnswerBytes
    const read = response.json.bind(response)
    response.json = async () => {
      const body = await read()
      const { Error: refusal, RequestId, ...members } = object(object(body)?.Response) ?? {}
      if (object(refusal) && Object.entries(members).some(namesTask))
        throw Object.assign(new Error(contradiction), { type: contradiction, requestId: RequestId })
      return body
    }
    return parseResponse.call(client, response)
  }
  return client
}

/** The members in which an answer to a submit names its tasks. */
const taskMembers = new Set<string>(
  Object.values(asyncActions).flatMap(({ tasks }) => tasks.map(({ member }) => member)),
)

function namesTask([member, value]: readonly [string, unknown]): boolean {
  return taskMembers.has(member) && [value].flat().some((id) => typeof id === 'string' && id !== '')
}

/** Returns the reason why an answer was not used, or undefined for an error of another kind. */
export function problemOfAnswer(error: unknown): string | undefined {
  switch (Object(error).type) {
    case contradiction:
      return 'the answer has a TaskId and an Error'
    case eventStream:
      return 'the answer is a stream of events'
    case 'max-size':
      return 'the answer is larger than 16 MiB'
    default:
      return undefined
  }
}
