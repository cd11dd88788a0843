import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'

export interface ChildOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The child is up when it prints this. */
  readonly ready: RegExp
  /** What it prints goes here. */
  readonly log: string
}

const readyMs = 60_000

/** A Node process that can be killed as by the kernel, and started again. */
export class Child {
  readonly #options: ChildOptions
  readonly #log: WriteStream
  #process: ChildProcess | undefined
  #stopping = false

  constructor(options: ChildOptions) {
    this.#options = options
    this.#log = createWriteStream(options.log, { flags: 'a' })
    process.once('exit', () => this.#process?.kill('SIGKILL'))
  }

  get name(): string {
    return this.#options.name
  }

  async start(): Promise<void> {
    const { name, args, env, ready } = this.#options
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    let text = ''
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${name} did not start in ${readyMs} ms:\n${text}`)),
        readyMs,
      )
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          this.#log.write(chunk)
          text = (text + chunk).slice(-4_000)
          if (!ready.test(text)) return
          clearTimeout(timer)
          resolve()
        })
      }
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        reject(new Error(`${name} ended with ${signal ?? code}:\n${text}`))
        // Whatever ends a child that nobody killed, its operator starts it again, as any supervisor would.
        if (child === this.#process && !this.#stopping) void this.start().catch(() => {})
      })
    })
  }

  /** SIGKILL, and up again. */
  async killAndRestart(): Promise<void> {
    await this.#end('SIGKILL')
    this.#stopping = false
    await this.start()
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    this.#log.end()
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#stopping = true
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const hard = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await ended
    clearTimeout(hard)
  }
}
