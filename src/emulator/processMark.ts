import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Identifies a process, even among later ones with the same pid. */
export interface ProcessMark {
  readonly host: string
  readonly pid: number
  /** Start time as the system reports it; absent if unknown. */
  readonly started?: string
}

/** Returns the mark of a running process of this machine. */
export function markOf(pid: number): ProcessMark {
  const started = startOf(pid)
  return { host: hostname(), pid, ...(started === undefined ? {} : { started }) }
}

/** A process of another machine counts as running, because it is not visible from here. */
export function isRunning({ host, pid, started }: ProcessMark): boolean {
  if (host !== hostname()) return true
  if (!isThere(pid)) return false
  const now = startOf(pid)
  // The process may have just ended.
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

/** Returns undefined if the start is unknown, or an empty text for a killed process whose parent has not waited for it. */
function startOf(pid: number): string | undefined {
  try {
    return process.platform === 'linux' ? ofProc(pid) : ofPs(pid)
  } catch {
    return undefined
  }
}

/** Returns clock ticks since the machine started. The name of the program precedes them in parentheses and may contain any text. */
function ofProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' ? '' : fields[18]
}

function ofPs(pid: number): string {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8', env }).trim()
}
