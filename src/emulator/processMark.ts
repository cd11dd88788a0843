import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** What tells a process from all others, also from a later one with the same pid. */
export interface ProcessMark {
  readonly host: string
  readonly pid: number
  /** When it started, as the system says; absent where that is unknown. */
  readonly started?: string
}

/** Of a process of this machine that runs. */
export function markOf(pid: number): ProcessMark {
  const started = startOf(pid)
  return { host: hostname(), pid, ...(started === undefined ? {} : { started }) }
}

/** A process of another machine counts as running, because it cannot be seen from here. */
export function isRunning({ host, pid, started }: ProcessMark): boolean {
  if (host !== hostname()) return true
  if (!isThere(pid)) return false
  const now = startOf(pid)
  // It may have ended meanwhile.
  if (now === undefined || started === undefined) return isThere(pid)
  return now === started
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Undefined where it cannot be known; empty for a process that was killed and whose parent has not waited for it. */
function startOf(pid: number): string | undefined {
  try {
    return process.platform === 'linux' ? ofProc(pid) : ofPs(pid)
  } catch {
    return undefined
  }
}

/** In clock ticks since the machine started. The name of the program comes before, in parentheses, and may hold anything. */
function ofProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' ? '' : fields[18]
}

function ofPs(pid: number): string {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8', env }).trim()
}
