import { constants } from 'node:os'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What ends a command that runs until it is stopped: Ctrl-C, a supervisor, or a terminal that has closed. */
export type StopSignal = (typeof stopSignals)[number]

/** Exit code of a process that a signal has ended, as shells count. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}

/** Resolves at the first of these signals. A second one ends the process without waiting; a terminal that closes may send several SIGHUPs. */
export function untilStopped(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    const stop = (signal: StopSignal) => {
      if (asked && signal !== 'SIGHUP') process.exit(exitCodeOf(signal))
      asked = true
      resolve(signal)
    }
    for (const signal of stopSignals) process.on(signal, stop)
  })
}
