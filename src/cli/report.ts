import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { counted } from '../contract/counted.js'
import { plain } from '../contract/visible.js'
import type { CaseFile } from '../operate/report/caseFile.js'
import type { copiesIn } from '../operate/report/copyOutputs.js'
import { failing, fileError, type Given, makeGiven, readGiven } from './files.js'
import { messageOf } from './messageOf.js'
import { runsOf } from './oneRun.js'
import { subAppOption, textOption, urlOption } from './options.js'
import { print, say } from './print.js'
import { redact, redactValue } from './redact.js'
import { withVodflow } from './session.js'

interface ReportFlags {
  readonly out?: string
  readonly copy: boolean
  readonly ui?: string
  readonly history?: string
  readonly subApp?: number
  readonly json: boolean
}

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('writes an HTML and JSON report of a media file, for a ticket')
    .argument('<id>', 'workflow id, run id, FileId, TaskId or SessionId')
    .option('--out <folder>', 'output folder (default: report-<id>)', textOption)
    .option(
      '--copy',
      'save pictures, sound and videos with the page, so that they outlive the URLs of VOD',
      false,
    )
    .addOption(
      new Option('--ui <url>', 'address of the Temporal UI, for links to it')
        .env('VODFLOW_TEMPORAL_UI')
        .argParser(urlOption),
    )
    .option('--history <file>', 'read an exported history without Temporal; <id> is the title', textOption)
    .option('--sub-app <SubAppId>', 'sub-app of a FileId, TaskId or SessionId', subAppOption)
    .option('--json', 'print one JSON object with the paths', false)
    .addHelpText('after', help)
    .action(async (id: string, flags: ReportFlags) => {
      const folder = resolve(flags.out ?? folderOf(id))
      const earlier = await earlierIn(folder)
      if (earlier && earlier.id !== id)
        console.error(`vodflow: replaces the report of ${plain(redact(earlier.id))} in ${folder}`)
      const file = flags.history === undefined ? await asked(id, flags) : await exported(id, flags.history)
      const { copies, ...written } = await write(folder, file, flags.copy)
      const result = { ...written, runs: file.runs.length }
      if (copies) answerCopies(flags.json, result, { ...copies, folder })
      else print(flags.json, result, () => [written.page])
    })
}

/** Returns a different folder for each id, even on a disk that ignores case. */
function folderOf(id: string): string {
  if (/^[a-z0-9][a-z0-9_.-]{0,79}$/.test(id)) return `report-${id}`
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 12)
  return `report-${id.replaceAll(/[^\w.-]+/g, '-').slice(0, 80)}~${hash}`
}

/** Hides secrets in everything except the copies: readers of the page may see the media. */
async function write(
  folder: string,
  file: CaseFile,
  copy: boolean,
): Promise<{ readonly page: string; readonly json: string; readonly copies?: ReturnType<typeof copiesIn> }> {
  const { writeCaseFile } = await import('../operate/report/write.js')
  const { copiesIn, copyOutputs, keepCopies } = await import('../operate/report/copyOutputs.js')
  const given = out(folder)
  await makeGiven(given)
  const whole = copy ? await failing(given, copyOutputs(file, folder)) : file
  const written = keepCopies(redactValue(whole), await earlierIn(folder))
  const places = await failing(given, writeCaseFile(folder, written))
  return copy ? { ...places, copies: copiesIn(written) } : places
}

/** Prints where the copies are, and says which outputs have none. */
function answerCopies(
  json: boolean,
  written: { readonly page: string },
  { copied, missing, folder }: ReturnType<typeof copiesIn> & { readonly folder: string },
): void {
  const place = `${counted(copied, 'copy', 'copies')} in ${join(folder, 'outputs')}`
  print(json, { ...written, copied }, () => [written.page, ...(copied > 0 ? [place] : [])])
  for (const [why, outputs] of missing) say(`note: not copied: ${outputs.join(', ')} (${why})`)
  if (copied > 0) return
  if (missing.size === 0) say('nothing to copy: there are no outputs')
  else process.exitCode = 1
}

function out(path: string): Given {
  return { option: '--out', path, remedy: 'pass another folder' }
}

/** Returns the earlier report of a folder. Refuses a file of another program before anything is read or copied. */
async function earlierIn(folder: string): Promise<CaseFile | undefined> {
  const { earlierCaseFile } = await import('../operate/report/write.js')
  return failing(out(folder), earlierCaseFile(folder))
}

async function asked(id: string, { ui, subApp }: ReportFlags): Promise<CaseFile> {
  const { gather } = await import('../operate/report/gather.js')
  return withVodflow({}, async (vodflow) => {
    const runs = await runsOf(vodflow, id, { subApp })
    const workflowIds = [...new Set(runs.map(({ workflowId }) => workflowId))]
    return gather(vodflow, { id, workflowIds, ui })
  })
}

async function exported(id: string, path: string): Promise<CaseFile> {
  const { gatherExported } = await import('../operate/report/gather.js')
  const { payloadReaderOfEnvironment } = await import('../temporal/payloads.js')
  return gatherExported(await jsonOf(path), payloadReaderOfEnvironment(), id)
}

async function jsonOf(path: string): Promise<unknown> {
  const given = { option: '--history', path, remedy: 'pass a file of "temporal workflow show --output json"' }
  const text = await readGiven(given)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw fileError(given, new Error(`is not JSON (${messageOf(error)})`))
  }
}

const help = `
Reads Temporal's history, so it works while no worker runs, and for runs that have ended. For a run that waits at a gate, it also asks
the worker, for at most 5 s. Hides tokens, keys and the queries of
URLs, so that you can attach it to a ticket.
With --copy, says which outputs it did not copy, and why.
Exit code: 0 the report is written; 1 it is not, or --copy has copied none of the outputs.

Examples:
  vodflow report 5285485487985271487 --copy --ui http://127.0.0.1:8233
  temporal workflow show --workflow-id episode-7 --output json > history.json && vodflow report episode-7 --history history.json
`
