import { minute } from '../contract/time.js'

const everyMs = minute

/** Says how often something happened: the first time at once, then once a minute. */
export function seldom(say: (times: number) => void): () => void {
  let times = 0
  let next = Number.NEGATIVE_INFINITY
  return () => {
    times++
    const now = performance.now()
    if (now < next) return
    say(times)
    times = 0
    next = now + everyMs
  }
}
