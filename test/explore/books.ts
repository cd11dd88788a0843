import type { Emulator } from 'vodflow/emulator'
import { caseIn, otherCaller } from './marker.js'

/** A task as the local VOD keeps it. */
export type Task = ReturnType<Emulator['books']>['tasks'][number] & {
  /** A later attempt has done some of its sub-tasks: they are not among `subTasks` any more. */
  readonly isRepaired?: boolean
}
export type TaskType = Task['TaskType']

/** The local VOD's own books, by case: what was really made, whatever vodflow says. */
export class Books {
  readonly #vod: Pick<Emulator, 'books'>
  readonly #ofCase = new Map<number, Task[]>()
  readonly #earlier = new Map<number, Task[]>()
  readonly #owners = new Map<string, number>()
  /** Tasks on media of no case, whose SessionContext names none. */
  readonly unowned: Task[] = []
  #read = 0

  constructor(vod: Pick<Emulator, 'books'>) {
    this.#vod = vod
  }

  /** Media of a case: a task on them is its own even if its SessionContext says nothing. */
  own(FileId: string, number: number): void {
    this.#owners.set(FileId, number)
  }

  tasksOf(number: number): readonly Task[] {
    this.#readOn()
    return this.#ofCase.get(number) ?? []
  }

  /** Of another caller, on the media of the case. */
  earlierThan(number: number): readonly Task[] {
    this.#readOn()
    return this.#earlier.get(number) ?? []
  }

  /** Reads what is new. VOD keeps its tasks in the order in which it made them. */
  #readOn(): void {
    const { tasks } = this.#vod.books()
    for (const task of tasks.slice(this.#read)) {
      const number = caseIn(task.SessionContext) ?? this.#owners.get(task.FileId)
      if (number === undefined) this.unowned.push(task)
      else add(task.SessionContext === otherCaller ? this.#earlier : this.#ofCase, number, task)
    }
    this.#read = tasks.length
  }
}

function add(to: Map<number, Task[]>, number: number, task: Task): void {
  to.set(number, [...(to.get(number) ?? []), task])
}
