export interface CallbackSend {
  readonly url: string
  readonly body: Readonly<Record<string, unknown>>
  readonly signature: { readonly Sign: string; readonly T: number } | undefined
  readonly place: 'body' | 'query' | 'header'
  readonly signal: AbortSignal
  /** How long the receiver may take to answer one send, ms. */
  readonly timeoutMs: number
  readonly onSend: (send: { send: number; answer: string }) => void
}

/** Normal callbacks are sent at most three times. Only a timeout causes another send; the HTTP status is ignored. */
const maxSends = 3

export async function sendCallback({
  url,
  body,
  signature,
  place,
  signal,
  timeoutMs,
  onSend,
}: CallbackSend): Promise<void> {
  if (!URL.canParse(url)) return
  const target = new URL(url)
  const signed = signature ? { Sign: signature.Sign, T: String(signature.T) } : {}
  if (place === 'query')
    for (const [name, value] of Object.entries(signed)) target.searchParams.set(name, value)
  const headers = { 'content-type': 'application/json', ...(place === 'header' ? signed : {}) }
  const text = JSON.stringify(place === 'body' ? { ...body, ...signature } : body)
  for (let send = 1; send <= maxSends && !signal.aborted; send++) {
    const answer = await post(target, { headers, body: text, signal, timeoutMs })
    onSend({ send, answer })
    if (answer !== timedOut) return
  }
}

const timedOut = 'timeout'

interface Post extends Pick<CallbackSend, 'signal' | 'timeoutMs'> {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function post(target: URL, { headers, body, signal, timeoutMs }: Post): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const either = AbortSignal.any([timeout, signal])
    const response = await fetch(target, { method: 'POST', headers, body, signal: either })
    await response.arrayBuffer()
    return `HTTP ${response.status}`
  } catch {
    return timeout.aborted ? timedOut : 'no connection'
  }
}
