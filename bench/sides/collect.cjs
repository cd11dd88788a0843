// Loaded into every thread of a side, since `gc()` and the figures of a heap are for its own thread only. What is garbage of the
// workflow thread would else be taken for memory of runs, up to 100 MiB of it (measured).
const { BroadcastChannel, isMainThread } = require('node:worker_threads')
const { getHeapStatistics } = require('node:v8')

const channel = new BroadcastChannel('collect')
channel.unref()
let threads = 0
/** @type {((heap: { usedBytes: number, keptBytes: number }) => void) | undefined} */
let answered
if (isMainThread)
  process.on('worker', (thread) => {
    threads++
    thread.once('exit', () => threads--)
  })

function collect() {
  globalThis.gc?.()
  const { used_heap_size, total_heap_size } = getHeapStatistics()
  return { usedBytes: used_heap_size, keptBytes: total_heap_size - used_heap_size }
}

channel.onmessage = ({ data }) => {
  if (data === 'collect') channel.postMessage(collect())
  else answered?.(data)
}

/** Collects the garbage of all threads of this process. One call at a time. */
globalThis.collectGarbage = () =>
  new Promise((resolve) => {
    const all = collect()
    let left = threads
    if (left === 0) resolve(all)
    answered = ({ usedBytes, keptBytes }) => {
      all.usedBytes += usedBytes
      all.keptBytes += keptBytes
      if (--left === 0) resolve(all)
    }
    channel.postMessage('collect')
  })
