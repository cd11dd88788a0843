import { z } from 'zod'
import type { Context } from '../context.js'
import type { EventConfig } from '../model.js'
import { parse, SubAppId } from '../request.js'
import type { Collection } from '../store.js'
import { day } from '../time.js'
import { ApiError } from '../wire/apiError.js'

/** "Reliable callback": at most 16 events a call, returned again after 30 s, kept for 4 days. */
const maxEvents = 16
const holdStepMs = 50
const hiddenMs = 30_000
const keptMs = 4 * day

const PullRequest = z.strictObject({ ExtInfo: z.string().optional(), SubAppId })

export async function pullEvents(context: Context, given: unknown) {
  const app = parse(PullRequest, given).SubAppId ?? context.defaultSubAppId
  const until = Date.now() + context.pullHoldMs
  for (;;) {
    const visible = visibleEvents(context, app)
    if (visible.length > 0) return { EventSet: visible }
    // An empty queue is an error, not an empty set.
    if (Date.now() >= until || context.events.stopped) throw new ApiError('ResourceNotFound', 'no event')
    await new Promise((resolve) => setTimeout(resolve, holdStepMs))
  }
}

function visibleEvents({ queue, clock }: Context, app: number) {
  const now = clock.now()
  for (const event of queue.all()) if (now - event.at > keptMs) queue.remove(event.handle)
  const visible = queue.all().filter((event) => event.SubAppId === app && event.visibleAt <= now)
  return visible.slice(0, maxEvents).map((event) => {
    queue.put(event.handle, { ...event, visibleAt: now + hiddenMs })
    return { EventHandle: event.handle, ...event.body }
  })
}

const ConfirmRequest = z.strictObject({
  EventHandles: z.array(z.string()).min(1).max(16),
  ExtInfo: z.string().optional(),
  SubAppId,
})

export function confirmEvents({ queue, clock }: Context, given: unknown) {
  const { EventHandles } = parse(ConfirmRequest, given)
  const late = EventHandles.some((handle) => {
    const event = queue.get(handle)
    return !event || event.visibleAt <= clock.now()
  })
  if (late)
    throw new ApiError(
      'InvalidParameterValue',
      'An event handle is not known, or was pulled more than 30 seconds ago (4000).',
    )
  for (const handle of EventHandles) queue.remove(handle)
  return {}
}

const Switch = z.enum(['ON', 'OFF']).optional()
const ModifyRequest = z.strictObject({
  Mode: z.enum(['PUSH', 'PULL']).optional(),
  NotificationUrl: z.string().optional(),
  UploadMediaCompleteEventSwitch: Switch,
  DeleteMediaCompleteEventSwitch: Switch,
  PersistenceCompleteEventSwitch: Switch,
  SignKey: z
    .string()
    .regex(/^[A-Za-z0-9]{0,32}$/)
    .optional(),
  SubAppId,
})

export function modifyEventConfig(configs: Collection<EventConfig>) {
  return (context: Context, given: unknown) => {
    const { SubAppId: named, ...changes } = parse(ModifyRequest, given)
    const app = named ?? context.defaultSubAppId
    if (changes.NotificationUrl && !isHttpUrl(changes.NotificationUrl)) {
      throw new ApiError('InvalidParameter', 'The parameter `NotificationUrl` is not a URL.')
    }
    const changed = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    configs.put(String(app), { ...context.events.configOf(app), ...changed })
    return {}
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text)
}

const AppRequest = z.strictObject({ SubAppId })

/** The response never contains the SignKey. */
export function describeEventConfig(context: Context, given: unknown) {
  const { SignKey: _, ...config } = context.events.configOf(
    parse(AppRequest, given).SubAppId ?? context.defaultSubAppId,
  )
  return { ...config }
}

const AppsRequest = z.looseObject({})

export function describeSubAppIds(context: Context, given: unknown) {
  parse(AppsRequest, given)
  const ids = new Set([context.defaultSubAppId, ...context.media.all().map((file) => file.SubAppId)])
  const SubAppIdInfoSet = [...ids].map((id) => ({
    SubAppId: id,
    SubAppIdName: `app ${id}`,
    Description: '',
    CreateTime: '2018-01-01T00:00:00Z',
    Status: 'On',
    Name: `app ${id}`,
    Mode: 'fileid+path',
    StorageRegions: ['ap-chongqing'],
    Tags: [],
  }))
  return { SubAppIdInfoSet, TotalCount: SubAppIdInfoSet.length }
}
