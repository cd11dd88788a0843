import { z } from 'zod'
import { signKeyRule } from '../../contract/patterns.js'
import { emptyResponse, list, RequestId, SubAppId } from './common.js'
import { textOf } from './rules.js'

export const PullEventsRequest = z.strictObject({
  SubAppId: SubAppId.optional(),
  ExtInfo: z.string().optional(),
})

/**
 * VOD answers an empty queue with the error ResourceNotFound or without a set. Events are parsed one by one: a malformed one must not
 * reject the others, and zod would reorder the members of all of them.
 */
export const PullEventsResponse = z.looseObject({ EventSet: list(z.unknown()), ...RequestId })

export const ConfirmEventsRequest = z.strictObject({
  EventHandles: z.array(z.string()).min(1).max(16),
  SubAppId: SubAppId.optional(),
  ExtInfo: z.string().optional(),
})

export const ConfirmEventsResponse = emptyResponse

const Switch = z.enum(['ON', 'OFF']).optional()

export const ModifyEventConfigRequest = z.strictObject({
  Mode: z.enum(['PUSH', 'PULL']).optional(),
  NotificationUrl: z.string().optional(),
  UploadMediaCompleteEventSwitch: Switch,
  DeleteMediaCompleteEventSwitch: Switch,
  PersistenceCompleteEventSwitch: Switch,
  SignKey: textOf(signKeyRule).optional(),
  SubAppId: SubAppId.optional(),
})

export const ModifyEventConfigResponse = emptyResponse

export const DescribeEventConfigRequest = z.strictObject({ SubAppId: SubAppId.optional() })

const textOrNull = z
  .string()
  .nullable()
  .transform((value) => value ?? '')

/**
 * VOD never returns the SignKey. It writes what is not set as an empty text or null. An answer without a member is incomplete: to take it
 * as "not set" would replace the address of another system without a question. With PULL, no address is needed.
 */
export const DescribeEventConfigResponse = z.preprocess(
  (answer) => (Object(answer).Mode === 'PULL' ? { NotificationUrl: '', ...Object(answer) } : answer),
  z.looseObject({ Mode: textOrNull, NotificationUrl: textOrNull, ...RequestId }),
)
