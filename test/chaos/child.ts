import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ChildOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The child is up when it prints this. */
  readonly ready: RegExp
  /** What it prints goes here. */
  readonly log: string
  /** Of a child that sends messages, and takes some. */
  readonly onMessage?: (message: unknown) => void
}

const readyMs = 60_000
const maxTries = 30
const pauseMs = 1_000

/** A Node process that can be killed as by the kernel, and started again. */
export class Child {
  readonly #options: ChildOptions
  readonly #log: WriteStream
  #process: ChildProcess | undefined
  /** Counts starts and ends: only the latest start goes on. */
  #starts = 0

  constructor(options: ChildOptions) {
    this.#options = options
    this.#log = createWriteStream(options.log, { flags: 'a' })
    process.once('exit', () => this.#process?.kill('SIGKILL'))
  }

  get name(): string {
    return this.#options.name
  }

  /** Until it is up, as any supervisor would: Temporal may be away just now. */
  async start(): Promise<void> {
    const start = ++this.#starts
    for (let tries = 1; start === this.#starts; tries++) {
      try {
        return await this.#startOnce()
      } catch (error) {
        if (tries >= maxTries) throw error
        await sleep(pauseMs)
      }
    }
  }

  async #startOnce(): Promise<void> {
    const { name, args, env, ready, onMessage } = this.#options
    const channel = onMessage ? (['ipc'] as const) : []
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...channel],
    })
    this.#process = child
    if (onMessage) child.on('message', onMessage)
    let text = ''
    let up = false
    await new Promise<void>((resolve, reject) => {
      const give = (why: string) => {
        clearTimeout(timer)
        if (!up) reject(new Error(`${name} ${why}:\n${text}`))
        // One that ends although nobody killed it is started again.
        else if (child === this.#process) void this.start()
      }
      const timer = setTimeout(() => child.kill('SIGKILL'), readyMs)
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (chunk: string) => {
          this.#log.write(chunk)
          text = (text + chunk).slice(-4_000)
          if (up || !ready.test(text)) return
          up = true
          clearTimeout(timer)
          resolve()
        })
      }
      child.once('exit', (code, signal) => give(`ended with ${signal ?? code}`))
    })
  }

  /** SIGKILL, and up again. */
  async killAndRestart(): Promise<void> {
    await this.#end('SIGKILL')
    await this.start()
  }

  /** @returns whether there is somebody who may take it. */
  send(message: object): boolean {
    const child = this.#process
    if (!child?.connected) return false
    child.send(message, () => {})
    return true
  }

  /** SIGSTOP, and SIGCONT after a while: it finds its connections and its leases as they are then. */
  async suspend(ms: number): Promise<void> {
    const child = this.#process
    child?.kill('SIGSTOP')
    await sleep(ms)
    child?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    this.#log.end()
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#starts++
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
