import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { DecideOptions, GateView, RunSummary, Vodflow } from '../client/index.js'
import { saysTheSame } from '../contract/gates.js'
import { plain } from '../contract/visible.js'
import { within } from '../contract/within.js'
import { commandText } from '../operate/report/commandText.js'
import { gateLine } from './describeRun.js'
import { isOpen, oneRun } from './oneRun.js'
import { subAppOption, textOption } from './options.js'
import { print, statusText } from './print.js'
import { withVodflow } from './session.js'

interface DecideFlags {
  readonly reason: string
  readonly by: string
  readonly gate?: string
  readonly run?: string
  readonly subApp?: number
  readonly json: boolean
}

/** Registers `approve` and `reject`, which record a person's decision at a review gate. */
export function registerDecide(program: Command): void {
  deciding(program.command('approve'), 'approved')
  deciding(program.command('reject'), 'rejected')
}

function deciding(command: Command, decision: 'approved' | 'rejected'): void {
  command
    .description(`records the decision "${decision}" at a review gate`)
    .argument('<id>', 'workflow id, run id, FileId, TaskId or SessionId of a waiting run')
    .requiredOption('--reason <text>', 'reason; kept in the history', textOption)
    .option('--by <name>', 'name of the person who decides', textOption, userInfo().username)
    .option('--gate <name>', 'name of the gate, if several are open', textOption)
    .option('--run <run id>', 'run whose gate you reviewed; a later run refuses the decision', textOption)
    .option('--sub-app <SubAppId>', 'sub-app of a FileId, TaskId or SessionId', subAppOption)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
The first decision stands. The same decision by the same person returns the same answer. Any other decision is refused, with the first one
in the error. In scripts, pass --gate and --run with the values of status --json. Without them, the command decides at the gate that waits now.

Example:
  vodflow ${command.name()} episode-7 --reason "a beach, nothing more" --by ada
`,
    )
    .action(async (id: string, { reason, by, gate, run, subApp, json }: DecideFlags) => {
      if (run !== undefined && gate === undefined)
        throw new Error('--run needs --gate; pass the name of the gate as well')
      await withVodflow({}, async (vodflow) => {
        const found = await oneRun(vodflow, id, { subApp })
        const { workflowId } = found
        const { gate: name, runId } = gate
          ? { gate, runId: run }
          : await meantOf(vodflow, found, { decision, by })
        const decided = await vodflow.decide(workflowId, { gate: name, runId, decision, by, reason })
        print(json, { workflowId, ...decided }, () => [`${workflowId}: gate ${name} ${decision} by ${by}`])
      })
    })
}

type DecisionOfPerson = Pick<DecideOptions, 'decision' | 'by'>
type MeantGate = Pick<DecideOptions, 'gate' | 'runId'>

async function meantOf(vodflow: Vodflow, run: RunSummary, said: DecisionOfPerson): Promise<MeantGate> {
  const { workflowId } = run
  return isOpen(run)
    ? meantGate(workflowId, await vodflow.gates(workflowId), said)
    : meantAfterEnd(vodflow, run, said)
}

/** Time to wait for the worker of a run that has ended, ms. */
const lastReadMs = 5_000

/** Returns a gate that was decided, so that the answer is the decision that stands. The history has those of people, without a worker. */
async function meantAfterEnd(vodflow: Vodflow, run: RunSummary, said: DecisionOfPerson): Promise<MeantGate> {
  const { workflowId, status } = run
  const { decisionsOf } = await import('../client/gates.js')
  const decided = await decisionsOf(vodflow.client, run)
  const meant =
    decided.find((each) => saysTheSame(each, said)) ?? (decided.length === 1 ? decided[0] : undefined)
  if (meant) return { gate: meant.gate }
  const gates = await within(lastReadMs, vodflow.gates(workflowId)).catch(() => undefined)
  if (gates) return meantGate(workflowId, gates, said)
  const named = decided.map(
    ({ gate, decision, by }) => `; gate "${plain(gate)}" is ${decision} by ${plain(by)}`,
  )
  throw new Error(
    `"${workflowId}" has ended (${statusText(status)}), so no gate of it waits${named.join('')}; ${commandText('report', workflowId)} shows what it did`,
  )
}

/**
 * Returns the gate to decide at if none is named: the gate that waits. If none waits, returns the gate that was decided, so that the
 * answer is the decision that stands.
 */
function meantGate(workflowId: string, gates: readonly GateView[], said: DecisionOfPerson): MeantGate {
  const open = gates.filter(({ status }) => status === 'open')
  const decided = gates.filter(({ decision }) => decision !== undefined)
  const same = decided.findLast(({ decision }) => decision && saysTheSame(decision, said))
  const meant = open.length > 0 ? open : same ? [same] : gates
  const [one] = meant
  if (one && meant.length === 1) return one
  if (open.length > 1) {
    const names = open.map(({ gate }) => plain(gate)).join(', ')
    throw new Error(`${open.length} gates of "${workflowId}" wait; pass one of them with --gate: ${names}`)
  }
  const stand = decided.map((view) => plain(gateLine(workflowId, view).text)).join('; ')
  throw new Error(
    stand === ''
      ? `"${workflowId}" has not reached a review gate; ${commandText('status', workflowId)} shows its progress`
      : `No gate of "${workflowId}" waits: ${stand}`,
  )
}
