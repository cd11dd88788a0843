import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between VOD and a handler, to know when each callback came. */
export interface Relay {
  readonly url: string
  /** When the callback of a media file first came: `performance.now()`. */
  readonly came: ReadonlyMap<string, number>
  /** What came last. */
  readonly last: () => string
  /** Where it passes on to; nowhere: it keeps them and answers 200. */
  to(url: string | undefined): void
  close(): void
}

export async function startRelay(): Promise<Relay> {
  const came = new Map<string, number>()
  let target: string | undefined
  let last = ''
  const server = createServer(async (request, response) => {
    const at = performance.now()
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    last = Buffer.concat(parts).toString('utf8')
    const FileId = JSON.parse(last).ProcedureStateChangeEvent?.FileId
    if (typeof FileId === 'string' && !came.has(FileId)) came.set(FileId, at)
    const headers = { 'content-type': 'application/json' }
    const answer = target ? await fetch(target, { method: 'POST', headers, body: last }) : undefined
    await answer?.arrayBuffer()
    response.writeHead(answer?.status ?? 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    came,
    last: () => last,
    to(url) {
      target = url
    },
    close: () => void server.close(),
  }
}
