import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How two processes lose each other.
 * - `silent`: nothing arrives, in either direction. What was sent arrives when it is over.
 * - `unanswered`: requests arrive, answers do not; then the connections break, so that nobody ever gets those answers.
 * - `refused`: all connections break, and there are no new ones.
 */
export const cuts = ['silent', 'unanswered', 'refused'] as const
export type Cut = (typeof cuts)[number]

interface Line {
  readonly near: Socket
  readonly far: Socket
}

/** The connections from one process to another, which can be cut. */
export class Wire {
  readonly #server: Server
  readonly #lines = new Set<Line>()
  readonly #to: { readonly host: string; readonly port: number }
  #cut: Cut | undefined

  private constructor(to: { readonly host: string; readonly port: number }) {
    this.#to = to
    this.#server = createServer((near) => this.#take(near))
  }

  /** @param address host and port of the process behind it, which may start later */
  static async to(address: string): Promise<Wire> {
    const { hostname, port } = new URL(`http://${address}`)
    const wire = new Wire({ host: hostname, port: Number(port) })
    await once(wire.#server.listen(0, '127.0.0.1'), 'listening')
    return wire
  }

  get address(): string {
    const at = this.#server.address()
    if (at === null || typeof at === 'string') throw new Error('the wire is closed')
    return `127.0.0.1:${at.port}`
  }

  async cut(cut: Cut, ms: number): Promise<void> {
    this.#cut = cut
    if (cut === 'refused') this.#breakAll()
    for (const line of this.#lines) this.#settle(line)
    await sleep(ms)
    this.#cut = undefined
    if (cut === 'unanswered') this.#breakAll()
    for (const line of this.#lines) this.#settle(line)
  }

  close(): void {
    this.#server.close()
    this.#breakAll()
  }

  #take(near: Socket): void {
    const far = connect(this.#to)
    const line = { near, far }
    this.#lines.add(line)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk) => to.write(chunk) || from.pause())
      to.on('drain', () => this.#settle(line))
      from.on('end', () => to.end())
      from.on('error', () => to.resetAndDestroy())
      from.on('close', () => {
        this.#lines.delete(line)
        to.destroy()
      })
    }
    if (this.#cut === 'refused') near.resetAndDestroy()
    else this.#settle(line)
  }

  /** Lets flow what may, and holds what may not. */
  #settle({ near, far }: Line): void {
    if (this.#cut === 'silent') near.pause()
    else near.resume()
    if (this.#cut === 'silent' || this.#cut === 'unanswered') far.pause()
    else far.resume()
  }

  #breakAll(): void {
    for (const { near } of this.#lines) near.resetAndDestroy()
  }
}
