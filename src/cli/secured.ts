import type { EventLogger } from '../callbacks/index.js'
import { unknownFix, unknownVariables } from '../operate/variables.js'
import { parsePayloadKeys } from '../temporal/payloadKeys.js'

/** Warns of variables that nothing reads. It names them, and never shows a value. */
export function warnOfUnknownVariables(logger: EventLogger): void {
  for (const variable of unknownVariables(process.env))
    logger.warn({ variable, fix: unknownFix }, 'vodflow has no environment variable of this name')
}

/** Says whether payloads are encrypted. An empty variable counts as not set, e.g. when a secret was not injected. */
export function payloadsText(): string {
  const keys = process.env.VODFLOW_PAYLOAD_KEYS
  return keys ? `payloads encrypted with ${parsePayloadKeys(keys).encrypt.id}` : 'payloads in plain text'
}
