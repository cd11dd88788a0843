import type { Outcome } from '../../src/client/index.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import { hour, type Scenario, type SimulatedJob } from './scenario.js'

/** How a run of a simulation ended. */
export interface Ended {
  readonly job: SimulatedJob
  readonly FileId: string
  /** Temporal's word. */
  readonly status: string
  readonly events: number
  readonly closedAt?: number
  readonly outcome?: Outcome
}

export interface Lived {
  /** When the simulation began, ms since the epoch. */
  readonly began: number
  readonly ended: readonly Ended[]
  readonly tasks: readonly EmulatorTask[]
}

/** Change events, recovery and looks together stay far below it. */
const mostEvents = 200

/** The last look falls between 63 and 71.3 hours after a task was made. */
const beforeLastLook = 62 * hour
const shown = 72 * hour

/** What must never be, whatever went wrong. */
export function violationsOf(scenario: Scenario, { began, ended, tasks }: Lived): string[] {
  return ended.flatMap((end) => {
    const { job, FileId, status, outcome, closedAt, events } = end
    const own = tasks.filter((task) => task.FileId === FileId)
    const says = (problem: string) => `seed ${scenario.seed}, job ${job.number}: ${problem}`
    const found: string[] = []
    for (const type of ['Procedure', 'ReviewAudioVideo']) {
      const count = own.filter(({ TaskType }) => TaskType === type).length
      if (count > 1) found.push(says(`paid twice: ${count} tasks of type ${type}`))
    }
    if (events > mostEvents) found.push(says(`${events} events of history`))
    if (closedAt === undefined) return [...found, says(`lost: still ${status} after days`)]
    if (status === 'CANCELLED')
      return job.cancelAt === undefined ? [...found, says('canceled by nobody')] : found
    if (!outcome) return [...found, says(`ended ${status}, with no outcome`)]
    if (outcome.status === 'detached')
      return job.detachAt === undefined ? [...found, says('detached by nobody')] : found
    // One task that nobody could read is enough: the others' results are in the outcome all the same.
    if (outcome.status === 'unknown')
      return own.length > 0 && own.every(couldBeRead) ? [...found, excuseless(own)] : found
    const truth = own.every(({ Status }) => Status === 'FINISH') ? 'succeeded' : 'aborted'
    if (outcome.status !== truth) found.push(says(`says ${outcome.status}, VOD says ${truth}`))
    const wanted = job.ProcedureName === 'two' ? 2 : 1
    if (own.length !== wanted || outcome.tasks.length !== wanted)
      found.push(says(`${outcome.tasks.length} tasks read, ${own.length} made, ${wanted} asked for`))
    if (own.some(({ finishedAt }) => finishedAt > closedAt)) found.push(says('fooled: ended before its task'))
    return found

    function excuseless(tasks: readonly EmulatorTask[]): string {
      const ages = tasks.map((task) => `${((task.finishedAt - task.createdAt) / hour).toFixed(1)} h`)
      return says(`unknown, although its tasks ended after ${ages.join(' and ')}: ${outcome?.reason}`)
    }
  })

  /** It ended before the last look, and VOD was there to be asked. */
  function couldBeRead({ createdAt, finishedAt }: EmulatorTask): boolean {
    if (finishedAt === 0 || finishedAt - createdAt > beforeLastLook) return false
    return !scenario.outages.some(
      ({ from, until }) =>
        began + until > createdAt + beforeLastLook - hour && began + from < createdAt + shown,
    )
  }
}
