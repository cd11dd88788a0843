import { setTimeout as sleep } from 'node:timers/promises'

export interface MemoryReport {
  readonly text: string
  readonly exceeded: boolean
}

/** What may be more at the end than after the warm-up, MiB. One lost body for each request would be ten times that. */
const bound = 8
/** The warm-up of fewer requests does not fill what the handler remembers. */
const fewest = 100_000

/** Compares what is alive after a forced collection. Without `--expose-gc` it cannot tell, and says nothing. */
export class Memory {
  #before = 0
  #after = 0

  async start(): Promise<void> {
    this.#before = await alive()
  }

  async end(): Promise<void> {
    this.#after = await alive()
  }

  report(count: number): MemoryReport | undefined {
    if (!globalThis.gc) return undefined
    const grown = this.#after - this.#before
    const judged = count >= fewest
    const text = `memory alive: ${mib(this.#before)} after the warm-up, ${mib(this.#after)} at the end, ${mib(grown)} more`
    const verdict = judged ? `(at most ${bound} MiB)` : `(not judged below ${fewest} requests)`
    return { text: `${text} ${verdict}`, exceeded: judged && grown > bound * 2 ** 20 }
  }
}

async function alive(): Promise<number> {
  // Some things go only after what points to them has gone, or after a turn of the loop.
  for (let round = 0; round < 4 && globalThis.gc; round++) {
    await sleep(100)
    globalThis.gc()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
