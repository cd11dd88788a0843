import { type Command, InvalidArgumentError } from 'commander'
import { clean } from '../contract/visible.js'
import type { ProbeQuestion } from '../operate/probe/index.js'
import type { ApiCall } from '../vod/client.js'
import { agreed } from './agreed.js'
import { type Given, requireReplaceable, writeGiven } from './files.js'
import { subAppOption, textOption } from './options.js'
import { notGood, print } from './print.js'
import { redact, redactValue } from './redact.js'
import { untilStopped } from './untilStopped.js'

interface ProbeFlags {
  readonly file?: string
  readonly procedure?: string
  readonly subApp?: number
  readonly only?: readonly string[]
  readonly free: boolean
  readonly yes: boolean
  readonly out?: string
  readonly json: boolean
}

export function registerProbe(program: Command): void {
  program
    .command('probe')
    .description(
      'checks unverified assumptions in a real sub-app; shows the cost first, and records the answers',
    )
    .option('--file <FileId>', 'a short video that may be processed', textOption)
    .option('--procedure <name>', 'a task flow template to run on it, best with moderation', textOption)
    .option('--sub-app <SubAppId>', 'sub-app to use (default: the application of the account)', subAppOption)
    .option('--free', 'only questions that create no task', false)
    .option('--only <list>', 'ids of questions, comma-separated', listOption)
    .option('--yes', 'do not ask for confirmation; required in non-interactive shells', false)
    .option('--out <file>', 'write the answers to this Markdown file, and as JSON to <file>.json', textOption)
    .option('--json', 'print JSON, one answer per line', false)
    .addHelpText('after', help)
    .action(async (flags: ProbeFlags) => {
      const { file: FileId = '', procedure: ProcedureName = '', subApp: SubAppId, yes, out, json } = flags
      const { probe } = await import('../operate/probe/index.js')
      const chosen = await chosenBy(flags)
      const pays = chosen.some(({ needs }) => needs !== 'nothing')
      requireTarget(chosen, { FileId, ProcedureName })
      const calls: ApiCall[] = []
      const vod = await clientOf(calls)
      const plan = planOf(chosen, pays, { FileId, ProcedureName })
      // With --json, the plan goes to standard error, so that a person still sees the cost first.
      if (json) console.error(plan)
      else console.log(plan)
      if (pays && !yes && !(await agreed('Continue?')))
        throw new Error('nothing was sent; pass --yes to continue without confirmation')
      // Check the files first, so that answers that were billed are not lost.
      const places = out === undefined ? undefined : await placesFor(out)
      const stop = new AbortController()
      void untilStopped().then(() => stop.abort())
      const probed = await probe({
        vod,
        questions: chosen,
        FileId,
        ProcedureName,
        SubAppId,
        calls: () => calls.splice(0),
        signal: stop.signal,
        onAnswer: (answer) =>
          print(json, redactValue(answer), () => [
            redact(`${answer.answer.padEnd(12)}  ${answer.id.padEnd(18)}  ${answer.saw}`),
          ]),
      })
      const { doubtOf, pageOf } = await import('../operate/probe/page.js')
      const { TaskIds, doubtful, answers } = probed
      print(json, { TaskIds, doubtful }, () => [
        TaskIds.length === 0 ? 'created no task' : `created and billed: ${TaskIds.join(', ')}`,
        ...(doubtful.length === 0 ? [] : [doubtOf(doubtful)]),
      ])
      if (places) {
        const safe = redactValue(probed)
        await writeGiven(places.page, pageOf(safe))
        await writeGiven(places.json, clean(`${JSON.stringify(safe, null, 2)}\n`))
      }
      if (answers.some(({ answer }) => answer !== 'as assumed') || stop.signal.aborted)
        process.exitCode = notGood
    })
}

/** @throws Error if one of the files cannot be replaced. */
async function placesFor(path: string): Promise<{ readonly page: Given; readonly json: Given }> {
  const remedy = 'pass a file in a folder that exists'
  const at = async (path: string, beginning: RegExp): Promise<Given> => {
    const place = { option: '--out', path, remedy }
    await requireReplaceable(place, (text) => beginning.test(text))
    return place
  }
  return {
    page: await at(path, /^# What VOD answered\n/),
    json: await at(`${path}.json`, /^\{\s*"(TaskIds|doubtful|answers)":/),
  }
}

function requireTarget(
  questions: readonly ProbeQuestion[],
  { FileId, ProcedureName }: { readonly FileId: string; readonly ProcedureName: string },
): void {
  if (FileId === '' && questions.some(({ id }) => id !== 'unknown-task' && id !== 'event-config'))
    throw new Error('--file is missing; pass the FileId of a short video of this sub-app')
  if (ProcedureName === '' && questions.some(({ needs }) => needs !== 'nothing'))
    throw new Error('--procedure is missing; pass the name of a task flow template, or --free')
}

async function chosenBy({ only, free }: ProbeFlags): Promise<readonly ProbeQuestion[]> {
  const { questions, submitting } = await import('../operate/probe/index.js')
  const wrong = only?.find((id) => !questions.some((question) => question.id === id))
  if (wrong !== undefined)
    throw new Error(
      `--only: there is no question "${wrong}"; pass some of ${questions.map(({ id }) => id).join(', ')}`,
    )
  const wanted = questions.filter(
    ({ id, needs }) => (only?.includes(id) ?? true) && !(free && needs !== 'nothing'),
  )
  // The other billed questions read the task that it submits.
  const pays = wanted.some(({ needs }) => needs !== 'nothing')
  return questions.filter((question) => wanted.includes(question) || (pays && question.id === submitting))
}

async function clientOf(calls: ApiCall[]) {
  const { createVodClient } = await import('../vod/client.js')
  const { endpointOfEnvironment } = await import('../vod/endpoint.js')
  return createVodClient({
    ...endpointOfEnvironment(),
    callsPerSecond: politeCalls,
    onCall: (call) => void calls.push(call),
  })
}

/** Calls per second. Other systems use the sub-app at the same time. */
const politeCalls = 3

function planOf(
  questions: readonly ProbeQuestion[],
  pays: boolean,
  target: { FileId: string; ProcedureName: string },
): string {
  const cost = pays
    ? `It submits the template "${target.ProcedureName}" once on ${target.FileId}: VOD bills what the template does, up to twice if VOD does not recognize its own SessionId.`
    : 'It creates no task and costs only calls.'
  return [
    ...questions.map(
      ({ id, asks, needs }) => `  ${id.padEnd(18)}  ${needs === 'nothing' ? 'free  ' : 'billed'}  ${asks}`,
    ),
    cost,
    `About ${questions.length * 3} calls, ${politeCalls} a second at most; it ends when the task ends.`,
    '',
  ].join('\n')
}

function listOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new InvalidArgumentError('Pass ids separated by commas, e.g. duplicate,listed.')
}

const help = `
At the end, and after Ctrl-C, lists all tasks that it created; with --json, in the last line. docs/probe.md explains the questions.
Exit code: 0 every answer is as assumed, 2 an answer differs or is missing, 1 an error.

Examples:
  vodflow probe --free --file 5285485487985271487
  vodflow probe --file 5285485487985271487 --procedure episode --sub-app 1500000001 --out answers.md

Environment: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, VODFLOW_VOD_ENDPOINT.
`
