import { z } from 'zod'
import { emptyResponse, list, RequestId, SubAppId, text } from './common.js'

/**
 * Of an event's body only these are used, and none is believed: they say which task to look at. The results are not
 * looked into: zod makes an issue of each wrong one, and whoever sent 256 KiB of `1,1,1` cost a quarter of a second.
 */
export const TaskOfEvent = z.looseObject({
  TaskId: z.string().min(1),
  Status: text,
  SessionContext: text,
  MediaProcessResultSet: list(z.unknown()),
})

/** Any event, of the 25 there are or of those to come. */
export const OtherEvent = z.looseObject({ EventType: z.string().min(1) })
export type OtherEvent = z.infer<typeof OtherEvent>

export const PullEventsRequest = z.strictObject({
  SubAppId: SubAppId.optional(),
  ExtInfo: z.string().optional(),
})

/** An empty queue arrives as the error ResourceNotFound, or as no set. */
export const PullEventsResponse = z.looseObject({
  EventSet: list(z.looseObject({ EventHandle: text, EventType: text })),
  ...RequestId,
})

export const ConfirmEventsRequest = z.strictObject({
  EventHandles: z.array(z.string()).min(1).max(16, 'has more than 16; confirm in several calls'),
  SubAppId: SubAppId.optional(),
  ExtInfo: z.string().optional(),
})

export const ConfirmEventsResponse = emptyResponse

const Switch = z.enum(['ON', 'OFF']).optional()

export const ModifyEventConfigRequest = z.strictObject({
  Mode: z.enum(['PUSH', 'PULL'], 'must be PUSH or PULL').optional(),
  NotificationUrl: z.string().optional(),
  UploadMediaCompleteEventSwitch: Switch,
  DeleteMediaCompleteEventSwitch: Switch,
  PersistenceCompleteEventSwitch: Switch,
  SignKey: z
    .string()
    .regex(/^[A-Za-z0-9]{0,32}$/, 'must be at most 32 letters and digits')
    .optional(),
  SubAppId: SubAppId.optional(),
})

export const ModifyEventConfigResponse = emptyResponse

export const DescribeEventConfigRequest = z.strictObject({ SubAppId: SubAppId.optional() })

/** SignKey is never shown. */
export const DescribeEventConfigResponse = z.looseObject({ Mode: text, NotificationUrl: text, ...RequestId })
