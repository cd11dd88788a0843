import type { Usage } from '../harness/side.js'
import { type Memory, mallocMemory } from './malloc.js'

declare global {
  /** Of collect.cjs; the memory of the heaps of all threads. */
  function collectGarbage(): Promise<Memory>
}

/** Tells where callbacks go, then obeys the benchmark. */
export function serve(callbacksUrl: string, stop: () => Promise<void>): void {
  // What is spent on being measured is no cost of jobs.
  let collectingMs = 0
  process.on('message', async (message) => {
    if (message === 'usage') {
      const cpuMs = processorMs() - collectingMs
      const heaps = await globalThis.collectGarbage()
      const malloc = mallocMemory()
      const usage: Usage = {
        cpuMs,
        usedBytes: heaps.usedBytes + malloc.usedBytes,
        keptBytes: heaps.keptBytes + malloc.keptBytes,
        rssBytes: process.memoryUsage.rss(),
      }
      collectingMs = processorMs() - cpuMs
      process.send?.(usage)
    } else {
      await stop()
      process.exit(0)
    }
  })
  process.send?.({ callbacksUrl })
  // For who starts it without a channel.
  console.log('ready')
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
