import type { RateClass } from './queues.js'

/** One kind of task that an asynchronous action makes. No zod here: workflows import this file. */
export interface MadeTask {
  /** Member of the response that holds its id or ids. */
  readonly member: string
  readonly TaskType: string
  /** Event that announces its end; absent where Tencent lists none. */
  readonly event?: string
  /** Whether `DescribeTasks` lists it, so that it can be found again after a duplicate. */
  readonly listed: boolean
}

export interface AsyncAction {
  readonly tasks: readonly MadeTask[]
  /** How long VOD refuses a SessionId that it has seen, ms. */
  readonly dedupWindowMs: number
  readonly rate: RateClass
}

const day = 24 * 60 * 60_000

/** The asynchronous actions that can be a step. */
export const asyncActions = {
  ProcessMediaByProcedure: {
    tasks: [
      { member: 'TaskId', TaskType: 'Procedure', event: 'ProcedureStateChanged', listed: true },
      {
        member: 'ReviewAudioVideoTaskId',
        TaskType: 'ReviewAudioVideo',
        event: 'ReviewAudioVideoComplete',
        listed: true,
      },
      { member: 'ImportMediaKnowledgeTaskIdSet', TaskType: 'ImportMediaKnowledge', listed: false },
    ],
    dedupWindowMs: 7 * day,
    rate: 'submit',
  },
  /** Repairs what failed of the one above. */
  ProcessMedia: {
    tasks: [{ member: 'TaskId', TaskType: 'Procedure', event: 'ProcedureStateChanged', listed: true }],
    dedupWindowMs: 3 * day,
    rate: 'submit',
  },
} as const satisfies Record<string, AsyncAction>

export type SubmitAction = keyof typeof asyncActions
