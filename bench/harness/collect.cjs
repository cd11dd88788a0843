// Loaded into every thread of a side. What is garbage of the workflow thread would else be taken for memory of runs, up to
// 100 MiB of it (measured), since `gc()` is for its own thread only, as are the figures of a heap.
const { BroadcastChannel, isMainThread } = require('node:worker_threads')
const { getHeapStatistics } = require('node:v8')

const channel = new BroadcastChannel('collect')
channel.unref()
let threads = 0
/** @type {((heapBytes: number) => void) | undefined} */
let answered
if (isMainThread) process.on('worker', () => threads++)

function collect() {
  globalThis.gc?.()
  return getHeapStatistics().used_heap_size
}

channel.onmessage = ({ data }) => {
  if (data === 'collect') channel.postMessage({ heapBytes: collect() })
  else answered?.(data.heapBytes)
}

/** Collects the garbage of all threads of this process, and gives what their heaps hold then, bytes. One call at a time. */
globalThis.collectGarbage = () =>
  new Promise((resolve) => {
    let all = collect()
    let left = threads
    if (left === 0) resolve(all)
    answered = (heapBytes) => {
      all += heapBytes
      if (--left === 0) resolve(all)
    }
    channel.postMessage('collect')
  })
