import { remedies } from '../client/remedies.js'
import { withoutEncoding } from '../contract/unopened.js'
import { redact } from './redact.js'

/** The remedies of the API, as commands. */
const inCommands: Readonly<Record<keyof typeof remedies, string>> = {
  otherRequest:
    'Pass the same request to attach to it, --workflow-id to run next to it, or use vodflow rerun <id> --reason "..." once it has ended.',
  otherArguments: remedies.otherArguments,
  stillOpen: 'Wait for its end with vodflow watch <id>, or cancel it with vodflow cancel <id> first.',
  decideAgain: 'vodflow status <id> shows which gates wait.',
  rerun: 'To process it again: vodflow rerun <id> --reason "..."',
  retry:
    'VOD may have created and billed a task: vodflow retry <id> --reason "..." waits for it. vodflow rerun could create a second one.',
  reset: remedies.reset,
  terminated:
    'VOD finishes and bills its tasks: vodflow retry <id> --reason "..." waits for them. Prefer vodflow cancel, which stops what can be stopped.',
  stepsGoOn: remedies.stepsGoOn,
  media: remedies.media,
  useRerun: 'use vodflow rerun <id> --reason "..."',
}

/** Advice in messages of workers and of VOD's errors. */
export const elsewhere: readonly (readonly [api: string, command: string])[] = [
  ['pass skipDone: false, and', 'pass --no-skip-done, and'],
  ['replace the template with ResetProcedureTemplate', 'replace the template with --replace'],
]

/** Longest first, because one piece of advice may contain another. */
const words = [
  ...Object.entries(remedies).map(([name, api]) => [api, inCommands[name as keyof typeof remedies]] as const),
  ...elsewhere,
].sort(([one], [other]) => other.length - one.length)

/** Returns the message of an error in the words of the command line, without secrets. */
export function messageOf(error: unknown): string {
  let message = withoutEncoding(error instanceof Error ? error.message : String(error))
  for (const [api, command] of words) message = message.replaceAll(api, command)
  return redact(message)
}
