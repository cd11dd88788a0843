import { readFile, writeFile } from 'node:fs/promises'
import { type ErrorClass, errorCodes } from '../src/contract/errorCodes.js'

/* Writes docs/errors.md from the table of codes and the classes of the client: `npx tsx scripts/error-catalogue.ts`. */

const root = new URL('../', import.meta.url)

const whatWeDo: Readonly<Record<ErrorClass, string>> = {
  throttled:
    'VOD refused the call because of a rate limit. vodflow retries with jitter until VOD accepts it.',
  transient: 'VOD refused the call before it did anything. vodflow retries.',
  ambiguous:
    'VOD may have done the work. vodflow retries a submit with the same SessionId, and retries reads.',
  duplicate: 'VOD accepted an earlier send. vodflow looks up its task and waits for it.',
  permanent:
    "On the only send of a SessionId, the error proves that VOD made nothing, and the run fails with `RefusedError`. After a send without an answer it proves nothing: vodflow then looks up the task in VOD's list. The reason of a code marked * often passes by itself: vodflow sends a submit again after 1, 2, 4 and 8 s before the refusal is final.",
}

/** Returns a row for each error class with its doc comment. */
async function errorsOfClient(): Promise<string[]> {
  const text = await readFile(new URL('src/client/errors.ts', root), 'utf8')
  return [...text.matchAll(/\/\*\* ([^\n]*) \*\/\nexport class (\w+Error) /g)].map(
    ([, comment = '', name = '']) => `| \`${name}\` | ${comment.replaceAll(/\{@link (\w+)\}/g, '`$1`')} |`,
  )
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
    'This page lists the error codes of VOD and the errors of the client, with what you do about each. `npx tsx scripts/error-catalogue.ts` writes it from the code.',
    '',
    '## Codes of VOD',
    '',
    "A code that is not listed has the meaning of its parent (`FailedOperation.X` that of `FailedOperation`), or is ambiguous if it has none. `ClientError.*` are vodflow's own codes for calls without an answer of VOD. Sub-tasks have their own codes (`ErrCodeExt`), which are in the outcome.",
    '',
    ...classes,
    '## Errors of the client',
    '',
    'All are `VodflowError`s with a `remedy`, except `InvalidInputError`: it refuses an input before anything is sent, and its `problems` name each field, its problem and the remedy.',
    '',
    '| Class | When |',
    '|---|---|',
    ...(await errorsOfClient()),
    '',
  ].join('\n')
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await writeFile(new URL('docs/errors.md', root), await errorCatalogue())
}
