import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { Decide, GateView } from '../client/index.js'
import { saysTheSame } from '../contract/gates.js'
import { commandText } from '../operate/report/commandText.js'
import { gateText } from './look.js'
import { oneRun } from './oneRun.js'
import { subAppOption, textOption } from './options.js'
import { print } from './print.js'
import { withVodflow } from './session.js'

interface DecideFlags {
  readonly reason: string
  readonly by: string
  readonly gate?: string
  readonly run?: string
  readonly subApp?: number
  readonly json: boolean
}

/** A person's decision at a review gate. */
export function registerDecide(program: Command): void {
  deciding(program.command('approve'), 'approved')
  deciding(program.command('reject'), 'rejected')
}

function deciding(command: Command, decision: 'approved' | 'rejected'): void {
  command
    .description(`decides at a review gate: ${decision}`)
    .argument('<id>', 'workflow id, FileId, TaskId or SessionId of a run that waits')
    .requiredOption('--reason <text>', 'reason; kept in the history', textOption)
    .option('--by <name>', 'name of the person who decides', textOption, userInfo().username)
    .option('--gate <name>', 'name of the gate, if several are open', textOption)
    .option('--run <run id>', 'run whose gate you have seen; no later run takes the decision', textOption)
    .option('--sub-app <SubAppId>', 'of a FileId, TaskId or SessionId', subAppOption)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      `
The first decision stands. The same decision by the same person returns the same answer; any other is refused and shows the first.
In scripts, pass --gate and --run, as status --json shows them: without them, the command decides at the gate that waits now.

Example:
  vodflow ${command.name()} episode-7 --reason "a beach, nothing more" --by ada
`,
    )
    .action(async (id: string, { reason, by, gate, run, subApp, json }: DecideFlags) => {
      if (run !== undefined && gate === undefined)
        throw new Error('--run names the run that has the gate; name the gate too, with --gate')
      await withVodflow({}, async (vodflow) => {
        const { workflowId } = await oneRun(vodflow, id, { subApp })
        const { gate: name, runId } = gate
          ? { gate, runId: run }
          : meantGate(workflowId, await vodflow.gates(workflowId), { decision, by })
        const decided = await vodflow.decide(workflowId, { gate: name, runId, decision, by, reason })
        print(json, { workflowId, ...decided }, () => [`${workflowId}: gate ${name} ${decision} by ${by}`])
      })
    })
}

/**
 * The gate that is meant where none is named: the one that waits. Where none waits, the one that was decided: the answer then is the
 * decision that stands.
 */
function meantGate(
  workflowId: string,
  gates: readonly GateView[],
  said: Pick<Decide, 'decision' | 'by'>,
): Pick<Decide, 'gate' | 'runId'> {
  const open = gates.filter(({ status }) => status === 'open')
  const decided = gates.filter(({ decision }) => decision !== undefined)
  const same = decided.findLast(({ decision }) => decision && saysTheSame(decision, said))
  const meant = open.length > 0 ? open : same ? [same] : gates
  const [one] = meant
  if (one && meant.length === 1) return one
  if (open.length > 1) {
    const names = open.map(({ gate }) => gate).join(', ')
    throw new Error(`${open.length} gates of "${workflowId}" wait; say which with --gate: ${names}`)
  }
  const stand = decided.map((view) => gateText(workflowId, view)).join('; ')
  throw new Error(
    stand === ''
      ? `"${workflowId}" has reached no review gate; ${commandText('status', workflowId)} shows where it is`
      : `No gate of "${workflowId}" waits: ${stand}`,
  )
}
