import { constants } from 'node:os'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal that ends a command that runs until it is stopped: from Ctrl-C, a supervisor, or a terminal that closed. */
export type StopSignal = (typeof stopSignals)[number]

/** Returns the exit code that a shell reports for a process ended by a signal. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}

/** Time that a command has to end after a signal, ms: longer than a worker with calls in flight needs. A supervisor waits less. */
const longestEndMs = 90_000

/**
 * Resolves at the first stop signal. A second one ends the process immediately, except SIGHUP, because a terminal that closes may send
 * several. A process that has not ended 90 s later hangs, and ends with exit code 1.
 */
export function untilStopped(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    const stop = (signal: StopSignal) => {
      if (asked && signal !== 'SIGHUP') process.exit(exitCodeOf(signal))
      if (!asked) setTimeout(endByForce, longestEndMs, signal).unref()
      asked = true
      resolve(signal)
    }
    for (const signal of stopSignals) process.on(signal, stop)
  })
}

function endByForce(signal: StopSignal): void {
  console.error(`vodflow: did not stop within ${longestEndMs / 1_000} s of ${signal}; exiting now`)
  process.exit(1)
}
