import type { Task } from './books.js'
import type { Case, Disturbance, Phase, Verb } from './dimensions.js'
import type { Hosted } from './host.js'
import { stepKinds } from './kinds.js'
import type { Line, LinePlan } from './line.js'
import { completedTasks, type Execution, isInBackoff, isRunning, isScheduled } from './operator.js'
import { until } from './until.js'

/** A case that runs. */
export interface Underway {
  readonly explored: Case
  readonly hosted: Hosted
  readonly line: Line
  /** What VOD has made for it. */
  readonly tasks: () => readonly Task[]
  /** What VOD has made of its media for another caller. */
  readonly earlier: () => readonly Task[]
  /** Of a step that no worker serves yet: resolves when one does. */
  readonly served: () => Promise<void>
}

/** How the wire behaves, so that the disturbance finds the submit where it wants it. */
export function linePlanOf({ answer, net, disturbance }: Case): LinePlan {
  const held = 'moment' in disturbance && disturbance.moment === 'waiting'
  const events = net === 'event' ? (held ? 'held' : 'delivered') : 'none'
  const plan = { answer, events } as const
  if (disturbance.do !== 'operate') return plan
  switch (disturbance.phase) {
    case 'scheduled':
      return plan
    case 'throttled':
      return { ...plan, failing: 'throttled' }
    case 'backoff':
      return { ...plan, failing: 'cut' }
    case 'running':
      return { ...plan, held: 1 }
    case 'second':
      return { ...plan, failing: 'cut', held: 2 }
  }
}

/** Disturbs a case as its id says, and lets go of what the wire holds. */
export async function disturb(underway: Underway): Promise<void> {
  const { explored, hosted, line } = underway
  const { disturbance } = explored
  switch (disturbance.do) {
    case 'nothing':
      return
    case 'operate':
      return operate(underway, disturbance)
    case 'reset': {
      const step = await (disturbance.moment === 'waiting' ? hosted.untilWaiting() : ended(hosted))
      await hosted.operator.reset(step, disturbance.task, disturbance.signals)
      return line.releaseEvents()
    }
    case 'resetParent': {
      await (disturbance.moment === 'waiting' ? hosted.untilWaiting() : ended(hosted))
      const parent = await hosted.operator.reset(await hosted.top(), disturbance.task, 'reapplied')
      await hosted.untilChild(parent)
      return line.releaseEvents()
    }
    case 'retry':
      return retry(underway, disturbance.moment)
  }
}

async function ended(hosted: Hosted): Promise<Execution> {
  await hosted.reported()
  return hosted.step()
}

async function retry({ explored, hosted, line, tasks }: Underway, moment: string): Promise<void> {
  if (moment === 'ended') return
  const first = await hosted.top()
  // The dangerous moment: VOD has made the task, whatever the step knows of it.
  await until('a task in the books', () => tasks()[0])
  if (explored.host !== 'inline') await hosted.step()
  await hosted.fail()
  const next = await hosted.untilNextRun(first)
  if (explored.host !== 'inline') await hosted.untilChild(next)
  await line.releaseEvents()
}

type Operation = Extract<Disturbance, { do: 'operate' }>

async function operate(underway: Underway, { phase, verbs }: Operation): Promise<void> {
  const { explored, hosted, line, served } = underway
  const { action } = stepKinds[explored.kind]
  const step = await hosted.step()
  const pending = await hosted.operator.pending(step, action, stateOf(phase, line))
  for (const verb of verbs) {
    if (verb === 'workflow-before' || verb === 'workflow-after') await resetWorkflow(underway, step, verb)
    else await hosted.operator.act(step, pending, verb)
  }
  await served()
  const sendsAgain = verbs.some((verb) => verb.startsWith('workflow'))
  // The answer to the orphan comes after that to its successor: so it is the successor who hears that VOD took the request.
  if (phase === 'running' && sendsAgain)
    await until('the successor of the running submit', () => line.sends[1]?.code !== undefined || undefined)
  line.release()
}

function stateOf(phase: Phase, line: Line) {
  switch (phase) {
    case 'scheduled':
      return isScheduled
    case 'throttled':
    case 'backoff':
      return isInBackoff
    case 'running':
    case 'second':
      return (pending: Parameters<typeof isScheduled>[0]) => line.reached && isRunning(pending)
  }
}

/** To before the submit was scheduled; or to after it, which takes a workflow task while it is pending. */
async function resetWorkflow(
  { hosted: { operator } }: Underway,
  step: Execution,
  verb: Extract<Verb, `workflow-${string}`>,
): Promise<void> {
  if (verb === 'workflow-before') {
    await operator.reset(step, 1, 'reapplied')
    return
  }
  await operator.signal(step, 'explore.nudge')
  const tasks = await until('a workflow task of the nudge', async () => {
    const completed = completedTasks(await operator.history(step)).length
    return completed > 1 ? completed : undefined
  })
  await operator.reset(step, tasks, 'reapplied')
}
