import type { EventLogger } from './logger.js'
import type { EventOfOthers } from './openEvent.js'
import { seldom } from './seldom.js'

const remedy =
  "set VODFLOW_MAC_KEYS to the worker's keys; if another deployment of vodflow uses the sub-app, its events belong to it"

/** Returns a function that warns, at most once a minute, if the token of an event has a MAC key that this process does not have. */
export function warnOfUnknownKey(
  logger: EventLogger | undefined,
): (event: Pick<EventOfOthers, 'unknownKey'>) => void {
  const warn = seldom<string>((times, key) =>
    logger?.warn({ times, key, remedy }, 'an event has a token with a MAC key that is not configured here'),
  )
  return ({ unknownKey }) => {
    if (unknownKey !== undefined) warn(unknownKey)
  }
}
