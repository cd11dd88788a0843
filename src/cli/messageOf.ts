import { VodflowError } from '../base/vodflowError.js'
import { InvalidInputError } from '../contract/errors.js'
import { withoutEncoding } from '../contract/unopened.js'
import { plain } from '../contract/visible.js'
import { redact } from './redact.js'

/** Returns the message of an error in the words of the command line, without secrets. */
export function messageOf(error: unknown): string {
  if (error instanceof VodflowError) return redact(withoutEncoding(error.inCommands.message))
  return redact(withoutEncoding(error instanceof Error ? error.message : String(error)))
}

/** Returns the message for a person. Text from outside starts no line: only the problems of an input have a line each. */
export function saidOf(error: unknown): string {
  const message = messageOf(error)
  return error instanceof VodflowError && !(error instanceof InvalidInputError) ? plain(message) : message
}
