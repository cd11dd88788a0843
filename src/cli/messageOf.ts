import { VodflowError } from '../base/vodflowError.js'
import type { RunHandle } from '../client/index.js'
import { InvalidInputError } from '../contract/errors.js'
import { withoutEncoding } from '../contract/unopened.js'
import { plain } from '../contract/visible.js'
import { commandText } from '../operate/report/commandText.js'
import { redact } from './redact.js'

/** Returns the message of an error in the words of the command line, without secrets. */
export function messageOf(error: unknown): string {
  if (error instanceof VodflowError) return redact(withoutEncoding(inCommands(error).message))
  return redact(withoutEncoding(error instanceof Error ? error.message : String(error)))
}

/** Returns the message and the remedy in words of the command line, with the id of the run in its commands. */
export function inCommands(error: VodflowError): VodflowError['inCommands'] {
  const { workflowId } = error as Partial<RunHandle>
  if (workflowId === undefined) return error.inCommands
  const named = (text: string) =>
    text.replaceAll(/vodflow (\w+) <id>( --reason "\.{3}")?/g, (_, name: string, options = '') =>
      commandText(name, workflowId, options.trim()),
    )
  const { message, remedy } = error.inCommands
  return { message: named(message), remedy: named(remedy) }
}

/** Returns the message for a person. Text from outside starts no line: only the problems of an input have a line each. */
export function saidOf(error: unknown): string {
  const message = messageOf(error)
  return error instanceof VodflowError && !(error instanceof InvalidInputError) ? plain(message) : message
}
