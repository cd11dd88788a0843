import { minute } from '../contract/time.js'

const everyMs = minute

/** Says how often something happened, with the latest detail: the first time at once, then once a minute. */
export function seldom<T = void>(say: (times: number, latest: T) => void): (latest: T) => void {
  let times = 0
  let next = Number.NEGATIVE_INFINITY
  return (latest) => {
    times++
    const now = performance.now()
    if (now < next) return
    say(times, latest)
    times = 0
    next = now + everyMs
  }
}
