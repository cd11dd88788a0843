import { asyncActions } from '../../contract/actions.js'
import { counted } from '../../contract/counted.js'
import { type Decision, decide } from '../../contract/decide.js'
import { fitOutcome } from '../../contract/fitOutcome.js'
import { filled } from '../../contract/json.js'
import { moderationOf } from '../../contract/moderation.js'
import type { Outcome } from '../../contract/outcome.js'
import type { StepState, TaskState } from './state.js'
import { isOver } from './tasks.js'

/** Joins the readings of a step's tasks into an outcome. */
export function outcomeOf(state: StepState): Outcome {
  const { start, tasks, SessionId, recovered, named, mediaOutputs } = state
  const readings = tasks.flatMap(({ reading }) => (reading ? [reading] : []))
  const { status, reason } = decisionOf(state)
  const moderation = moderationOf(tasks)
  return fitOutcome({
    status,
    reason,
    ...filled({
      TaskId: mainIdOf(state),
      ReviewAudioVideoTaskId: idsOf(ofType(tasks, 'ReviewAudioVideo'))[0],
      ImportMediaKnowledgeTaskIdSet: idsOf(ofType(tasks, 'ImportMediaKnowledge')),
      FileId: start.FileId || readings.find(({ FileId }) => FileId !== undefined)?.FileId,
    }),
    newFileIds: readings.flatMap(({ newFileIds }) => newFileIds ?? []),
    ...filled({ SessionContext: start.SessionContext }),
    tasks: readings,
    ...(moderation ? { moderation } : {}),
    attempts: [
      {
        attempt: start.attempt,
        SessionId,
        recovered,
        ...(named ? { incomplete: true } : {}),
        action: start.origin.kind === 'adopt' ? 'adopted' : start.origin.send.action,
        TaskIds: idsOf(tasks),
        status,
        reason,
      },
    ],
    ...(state.endedBy ? { endedBy: state.endedBy } : {}),
    ...(mediaOutputs ? { mediaOutputs } : {}),
  })
}

function decisionOf({ tasks, detached, mediaOutputs }: StepState): Decision {
  const decision = decide(
    tasks.flatMap(({ stage, reading }) => (reading && stage !== 'lost' ? [reading] : [])),
    tasks.flatMap((task) => (task.stage === 'lost' ? [task] : [])),
  )
  if (detached) {
    if (tasks.length === 0)
      return {
        status: 'detached',
        reason: 'The run was detached before its tasks were known. VOD may have created and billed a task.',
      }
    const open = tasks.filter((task) => !isOver(task)).length
    return {
      status: 'detached',
      reason: `The run was detached. VOD finishes and bills ${counted(open, 'open task')}.`,
    }
  }
  if (!mediaOutputs) return decision
  const has = counted(mediaOutputs.length, 'output')
  return {
    ...decision,
    reason: `${decision.reason} The media file has ${has} from this run or an earlier one.`,
  }
}

/** Returns the id of the submission's main task. The tasks that it started have other ids. */
function mainIdOf({ start, tasks }: StepState): string | undefined {
  const { origin } = start
  if (origin.kind === 'adopt') return origin.TaskId
  const [made] = asyncActions[origin.send.action].tasks
  return tasks.find(({ TaskType, startedHere }) => TaskType === made?.TaskType && !startedHere)?.TaskId
}

function ofType(tasks: readonly TaskState[], type: string): TaskState[] {
  return tasks.filter(({ TaskType }) => TaskType === type)
}

/** Returns the ids of tasks that have one. A task that was found by its new media has none. */
function idsOf(tasks: readonly TaskState[]): string[] {
  return tasks.map(({ TaskId }) => TaskId).filter((TaskId) => TaskId !== undefined)
}
