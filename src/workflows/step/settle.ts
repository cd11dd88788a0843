import { decide } from '../../vod/decide.js'
import type { Outcome, Reading } from '../../vod/outcome.js'
import type { StepState, TaskState } from './state.js'

/** Joins what is known of a step's tasks. */
export function outcomeOf(state: StepState): Outcome {
  const { start, tasks, SessionId, recovered } = state
  const readings = tasks.flatMap(({ reading }) => (reading ? [reading] : []))
  const { status, reason } = decide(
    tasks.flatMap(({ reading, lost }) => (reading && lost === undefined ? [reading] : [])),
    tasks.flatMap(({ TaskId, TaskType, lost }) => (lost === undefined ? [] : [{ TaskId, TaskType, lost }])),
  )
  const moderation = readings.find((reading) => reading.moderation)?.moderation
  return {
    status,
    reason,
    TaskId: idOf(tasks, 'Procedure'),
    ReviewAudioVideoTaskId: idOf(tasks, 'ReviewAudioVideo'),
    ImportMediaKnowledgeTaskIdSet: tasks
      .filter(({ TaskId, TaskType }) => TaskType === 'ImportMediaKnowledge' && TaskId !== '')
      .map(({ TaskId }) => TaskId),
    FileId: fileIdOf(readings) || start.FileId,
    SessionContext: start.SessionContext,
    tasks: readings,
    ...(moderation ? { moderation } : {}),
    attempts: [{ attempt: start.attempt, SessionId, recovered }],
  }
}

function idOf(tasks: readonly TaskState[], type: string): string {
  return tasks.find(({ TaskType }) => TaskType === type)?.TaskId ?? ''
}

function fileIdOf(readings: readonly Reading[]): string {
  return readings.find(({ FileId }) => FileId !== '')?.FileId ?? ''
}
