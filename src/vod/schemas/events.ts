import { z } from 'zod'
import { emptyResponse, list, RequestId, SubAppId, text } from './common.js'

export const PullEventsRequest = z.strictObject({
  SubAppId: SubAppId.optional(),
  ExtInfo: z.string().optional(),
})

/**
 * An empty queue arrives as the error ResourceNotFound, or as no set. Each event is looked at by itself: one of an odd shape says
 * nothing about the others, and zod would put the members of all into another order.
 */
export const PullEventsResponse = z.looseObject({ EventSet: list(z.unknown()), ...RequestId })

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
