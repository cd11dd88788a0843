/* The values of Temporal's enums (`temporal.api.enums.v1`) that are used here. */

/** `TaskQueueType`. */
export const taskQueueType = { workflow: 1, activity: 2 } as const

export type TaskQueueType = (typeof taskQueueType)[keyof typeof taskQueueType]

/** `PendingActivityState`. */
export const activityState = { scheduled: 1 } as const
