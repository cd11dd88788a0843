import { VodflowError } from '../base/vodflowError.js'
import { withoutEncoding } from '../contract/unopened.js'
import { redact } from './redact.js'

/** Returns the message of an error in the words of the command line, without secrets. */
export function messageOf(error: unknown): string {
  if (error instanceof VodflowError) return redact(withoutEncoding(error.inCommands.message))
  return redact(withoutEncoding(error instanceof Error ? error.message : String(error)))
}
