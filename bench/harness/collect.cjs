// Loaded into every thread of a side: what is garbage of the workflow thread would else be taken for memory of runs, up to
// 100 MiB of it (measured), since `gc()` is for its own thread only.
const { BroadcastChannel, isMainThread } = require('node:worker_threads')

const channel = new BroadcastChannel('collect')
channel.unref()
let threads = 0
/** @type {(() => void) | undefined} */
let answered
if (isMainThread) process.on('worker', () => threads++)

channel.onmessage = ({ data }) => {
  if (data === 'collected') answered?.()
  if (data !== 'collect') return
  globalThis.gc?.()
  channel.postMessage('collected')
}

/** Collects the garbage of all threads of this process. One call at a time. */
globalThis.collectGarbage = () =>
  new Promise((resolve) => {
    globalThis.gc?.()
    let left = threads
    if (left === 0) resolve(undefined)
    answered = () => --left === 0 && resolve(undefined)
    channel.postMessage('collect')
  })
