import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import type { Shot, Status } from './shot.js'

export interface Answer {
  readonly status: Status
  readonly text: string
}

/** The longest that the server may take: it reads for 3 s, holds for 6 s, and cuts headers off after 5 s. */
const patienceMs = 20_000

/** A sender that keeps its connections, as VOD does. */
export class Sender {
  readonly #port: number
  readonly #agent: Agent

  constructor({ port, connections }: { readonly port: number; readonly connections: number }) {
    this.#port = port
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** @throws Error when nothing came back for a time in which there had to be something. */
  async send(shot: Shot, index: number): Promise<Answer> {
    if (shot.raw) return exchange(this.#port, shot.raw)
    // A connection that was kept may end just when it is used again; that proves nothing.
    for (let tries = 1; ; tries++) {
      const { reused, ...answer } = await this.#once(shot, index)
      if (answer.status !== 'cut' || !reused || tries === 3 || shot.statuses.includes('cut')) return answer
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #once(
    { method, path, headers, body, framing }: Shot,
    index: number,
  ): Promise<Answer & { reused: boolean }> {
    const length =
      framing === 'length' ? { 'content-length': body.length } : { 'transfer-encoding': 'chunked' }
    const options = {
      agent: this.#agent,
      port: this.#port,
      host: '127.0.0.1',
      method,
      path,
      headers: { 'fuzz-id': index, ...headers, ...length },
    }
    return new Promise((resolve, reject) => {
      const asked = request(options)
      const late = setTimeout(() => {
        reject(new Error(`no answer in ${patienceMs} ms`))
        asked.destroy()
      }, patienceMs)
      const settle = (answer: Answer) => {
        clearTimeout(late)
        resolve({ ...answer, reused: asked.reusedSocket })
      }
      asked.on('error', () => settle({ status: 'cut', text: '' }))
      asked.on('response', (response) => void textOf(response).then(settle))
      asked.end(body)
    })
  }
}

function textOf(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve) => {
    let text = ''
    const settle = () => resolve({ status: response.statusCode ?? 'cut', text })
    response.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    response.on('end', settle).on('error', settle).on('close', settle)
  })
}

/** Writes bytes on a connection of their own, and reads until the other side ends it. */
function exchange(port: number, bytes: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const late = setTimeout(() => {
      reject(new Error(`the connection was left open for ${patienceMs} ms`))
      socket.destroy()
    }, patienceMs)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(late)
      resolve(rawAnswer(Buffer.concat(chunks)))
    })
  })
}

export function rawAnswer(bytes: Buffer): Answer {
  const [, status, text = ''] = /^HTTP\/1\.1 (?!1\d\d)(\d{3})([\s\S]*)/m.exec(bytes.toString('latin1')) ?? []
  return { status: status === undefined ? 'cut' : Number(status), text }
}
