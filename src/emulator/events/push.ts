export interface CallbackSend {
  readonly url: string
  readonly body: Readonly<Record<string, unknown>>
  readonly signature: { readonly Sign: string; readonly T: number } | undefined
  readonly place: 'body' | 'query' | 'header'
  readonly signal: AbortSignal
  /** How long the receiver may take to answer one send. */
  readonly timeoutMs: number
  readonly onSend: (send: { send: number; answer: string }) => void
}

/** The weak contract of normal callbacks: three sends, again on a timeout only, whatever the status says. */
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
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (signature && place === 'query') {
    target.searchParams.set('Sign', signature.Sign)
    target.searchParams.set('T', String(signature.T))
  }
  if (signature && place === 'header')
    Object.assign(headers, { Sign: signature.Sign, T: String(signature.T) })
  const text = JSON.stringify(signature && place === 'body' ? { ...body, ...signature } : body)
  for (let send = 1; send <= maxSends && !signal.aborted; send++) {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(target, {
        method: 'POST',
        headers,
        body: text,
        signal: AbortSignal.any([timeout, signal]),
      })
      await response.arrayBuffer()
      onSend({ send, answer: `HTTP ${response.status}` })
      return
    } catch {
      onSend({ send, answer: timeout.aborted ? 'timeout' : 'no connection' })
      if (!timeout.aborted) return
    }
  }
}
