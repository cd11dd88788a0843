import { setMaxListeners } from 'node:events'
import type { EmulatorClock } from '../clock.js'
import type { EmulatorTask } from '../model.js'
import type { Collection } from '../store.js'

export interface SchedulerOptions {
  readonly clock: EmulatorClock
  readonly tasks: Collection<EmulatorTask>
  /** Number of tasks that run at the same time. */
  readonly concurrency: number
  /** Minimum time that a task stays WAITING, ms. It can be aborted only then. */
  readonly waitingMs: number
  /** Does the work, and updates the task during it. */
  readonly work: (task: EmulatorTask, signal: AbortSignal) => Promise<void>
  readonly onFinish: (task: EmulatorTask) => void
}

/** Moves tasks from WAITING through PROCESSING to their end, by priority, then age. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #waiting = new Set<EmulatorTask>()
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(options: SchedulerOptions) {
    this.#options = options
    // Every running task listens to the signal.
    setMaxListeners(0, this.#stopping.signal)
  }

  /** Resumes what a restart interrupted. Work in progress starts over. A pull is not scheduled here. */
  resume(): void {
    for (const task of this.#options.tasks.all()) {
      if (task.TaskType === 'PullUpload') continue
      if (task.Status === 'WAITING' || task.Status === 'PROCESSING')
        this.enqueue({ ...task, Status: 'WAITING' })
    }
  }

  enqueue(task: EmulatorTask): void {
    this.#options.tasks.put(task.TaskId, task)
    const start = () => {
      this.#waiting.add(task)
      this.#next()
    }
    if (this.#options.waitingMs > 0) this.#options.clock.after(this.#options.waitingMs, start)
    else setImmediate(start)
  }

  /** Aborts a task that has not started. Returns false for any other task. */
  abort(task: EmulatorTask): boolean {
    if (task.Status !== 'WAITING') return false
    this.#waiting.delete(task)
    this.#end(task, 'ABORTED')
    return true
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#waiting.clear()
    await Promise.allSettled(this.#running)
  }

  #next(): void {
    const { concurrency, clock, tasks, work } = this.#options
    while (this.#running.size < concurrency && !this.#stopping.signal.aborted) {
      const [task] = [...this.#waiting].sort(
        (one, other) => other.TasksPriority - one.TasksPriority || one.createdAt - other.createdAt,
      )
      if (!task) return
      this.#waiting.delete(task)
      if (task.Status !== 'WAITING') continue
      task.Status = 'PROCESSING'
      task.beganAt = clock.now()
      tasks.put(task.TaskId, task)
      const running = work(task, this.#stopping.signal)
        .catch((error: unknown) => {
          task.ErrCodeExt = 'InternalError'
          task.ErrCode = 70_000
          task.Message = error instanceof Error ? error.message : 'internal error'
        })
        .then(() => {
          this.#running.delete(running)
          if (this.#stopping.signal.aborted) return
          this.#end(task, 'FINISH')
          this.#next()
        })
      this.#running.add(running)
    }
  }

  #end(task: EmulatorTask, Status: 'FINISH' | 'ABORTED'): void {
    task.Status = Status
    task.finishedAt = this.#options.clock.now()
    this.#options.tasks.put(task.TaskId, task)
    this.#options.onFinish(task)
  }
}
