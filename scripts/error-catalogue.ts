import { readFile, writeFile } from 'node:fs/promises'
import { type ErrorClass, errorCodes } from '../src/vod/errorCodes.js'

/* Writes docs/errors.md from the table of codes and the classes of the client: `npx tsx scripts/error-catalogue.ts`. */

const root = new URL('../', import.meta.url)

const whatWeDo: Readonly<Record<ErrorClass, string>> = {
  throttled: 'VOD refused because of a rate. Sent again with jitter, for as long as it takes.',
  transient: 'Refused before anything was done. Sent again.',
  ambiguous:
    'Nobody knows whether anything was done. A submit is sent again under the same SessionId; a read is read again.',
  duplicate: 'An earlier send was accepted. The task that it made is looked up, and waited for.',
  permanent:
    'On the only send of a SessionId it proves refusal: the run ends with `RefusedError`, nothing was made. After a send without an answer it proves nothing, and the listing decides.',
}

/** Each class with its comment, as TypeDoc has it. */
async function errorsOfClient(): Promise<string[]> {
  const text = await readFile(new URL('src/client/errors.ts', root), 'utf8')
  return [...text.matchAll(/\/\*\* ([^\n]*) \*\/\nexport class (\w+Error) /g)].map(
    ([, comment = '', name = '']) => `| \`${name}\` | ${comment.replaceAll(/\{@link (\w+)\}/g, '`$1`')} |`,
  )
}

function rowsOf(wanted: ErrorClass): string[] {
  return Object.entries(errorCodes)
    .filter(([, { class: each }]) => each === wanted)
    .map(([code, { remedy }]) => `| \`${code}\` | ${remedy} |`)
}

/** The whole page. */
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
    'Made from the tables in the code by `npx tsx scripts/error-catalogue.ts`; a test holds it to them.',
    '',
    '## Codes of VOD',
    '',
    "A code that is not here takes the meaning of its parent (`FailedOperation.X` that of `FailedOperation`); without one it is ambiguous. `ClientError.*` is ours, where no answer of VOD's came. Sub-tasks have codes of their own (`ErrCodeExt`): they are in the outcome, and are no errors.",
    '',
    ...classes,
    '## Errors of the client',
    '',
    'All are `VodflowError`s with a `remedy`, but for `InvalidInputError`: an input was refused before anything was sent, `problems` names each field, its problem and the remedy.',
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
