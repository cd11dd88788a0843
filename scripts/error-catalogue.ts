import { writeFile } from 'node:fs/promises'
import { type ErrorClass, errorCodes } from '../src/contract/errorCodes.js'
import { errorClasses } from './errorClasses.js'
import { failureTypes } from './failureTypes.js'

/* Writes docs/errors.md from the tables of codes and failures and the classes of errors: `npx tsx scripts/error-catalogue.ts`. */

const root = new URL('../', import.meta.url)

const whatWeDo: Readonly<Record<ErrorClass, string>> = {
  throttled:
    'VOD refused the call because of a rate limit. vodflow retries with jitter until VOD accepts it.',
  transient: 'VOD refused the call before it did anything. vodflow retries.',
  ambiguous:
    'VOD may have done the work. vodflow retries a submit with the same SessionId, and retries reads. It repeats no other write, and the remedy then says to check first.',
  duplicate: 'VOD accepted an earlier send. vodflow looks up its task and waits for it.',
  permanent:
    "On the only send of a SessionId, the error proves that VOD made nothing, and the run fails with `RefusedError`. After a send without an answer, the error proves nothing, and vodflow looks up the task in VOD's list. The reason of a code marked * often passes within seconds, so vodflow repeats a submit or a `callVod` after 1, 2, 4 and 8 s before the refusal is final.",
}

/** Returns a row for each error class that users can catch, with its doc comment. */
async function errorsOfVodflow(): Promise<string[]> {
  const thrown = (await errorClasses()).filter(({ code }) => code !== undefined)
  return thrown.map(({ name, code, comment, entryPoints }) => {
    const from = entryPoints.map((entryPoint) => `\`${entryPoint}\``).join(', ') || 'the command line'
    return `| \`${name}\` | \`${code}\` | ${from} | ${comment.replaceAll(/\{@link (\w+)\}/g, '`$1`')} |`
  })
}

function rowsOf(wanted: ErrorClass): string[] {
  return Object.entries(errorCodes)
    .filter(([, { class: each }]) => each === wanted)
    .map(([code, { remedy, passes }]) => `| \`${code}\`${passes ? ' *' : ''} | ${remedy} |`)
}

/** Returns the whole page. */
export async function errorCatalogue(): Promise<string> {
  const classes = (Object.keys(whatWeDo) as ErrorClass[]).flatMap((each) => [
    `### ${each}`,
    '',
    whatWeDo[each],
    '',
    '| Code | What you do |',
    '|---|---|',
    ...rowsOf(each),
    '',
  ])
  return [
    '# Errors',
    '',
    'This page lists the error codes of VOD, the errors of vodflow and the failures inside workflows. `npx tsx scripts/error-catalogue.ts` writes it from the code.',
    '',
    '## Codes of VOD',
    '',
    "A code that is not listed has the meaning of its parent: `FailedOperation.X` that of `FailedOperation`. A code without a parent in the list is ambiguous. `ClientError.*` are vodflow's own codes for calls without an answer of VOD. Sub-tasks have their own codes (`ErrCodeExt`), which are in the outcome.",
    '',
    ...classes,
    '## Errors of vodflow',
    '',
    'Every error that vodflow throws is a `VodflowError`. Decide by the class or by its `code`, which stays the same when the message changes. `what` is the problem and `remedy` the action that fixes it. The `problems` of an `InvalidInputError` name each field, its problem and its remedy. A `RunError` says how a run ended without an outcome. `vodCode` is the code of VOD, if there is one.',
    '',
    '| Class | Code | From | When |',
    '|---|---|---|---|',
    ...(await errorsOfVodflow()),
    '',
    '## Failures inside workflows',
    '',
    "In a workflow, vodflow's steps and activities throw Temporal's `ApplicationFailure`. Decide by its `type`:",
    '',
    '| Type | When |',
    '|---|---|',
    ...Object.entries(failureTypes).map(([type, when]) => `| \`${type}\` | ${when} |`),
    '',
  ].join('\n')
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await writeFile(new URL('docs/errors.md', root), await errorCatalogue())
}
