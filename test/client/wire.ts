import { createServer, connect as dial, type Server, type Socket } from 'node:net'

/** Stands between a client and Temporal, and can be cut, or held so that nothing passes. */
export class Wire {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  cut = false

  constructor(port: number) {
    this.#server = createServer((near) => {
      if (this.cut) return near.destroy()
      const far = dial(port, '127.0.0.1')
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on('error', () => socket.destroy())
        socket.on('close', () => this.#sockets.delete(socket))
      }
      near.pipe(far).pipe(near)
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening))
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  /** From now on, what is sent is never answered. */
  hold(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.drop()
    this.#server.close()
  }
}
