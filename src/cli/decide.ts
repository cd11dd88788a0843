import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { GateView } from '../client/index.js'
import { InvalidInputError } from '../vod/errors.js'
import { oneRun } from './oneRun.js'
import { subAppOption, textOption } from './options.js'
import { print } from './print.js'
import { withVodflow } from './session.js'

interface DecideFlags {
  readonly reason: string
  readonly by: string
  readonly gate?: string
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
    .requiredOption('--reason <text>', 'why; kept in the history', textOption)
    .option('--by <name>', 'who decides', textOption, userInfo().username)
    .option('--gate <name>', 'which gate, where several are open', textOption)
    .option('--sub-app <SubAppId>', 'of a TaskId or SessionId', subAppOption)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      `\nExample:\n  vodflow ${command.name()} episode-7 --reason "a beach, nothing more" --by ada\n`,
    )
    .action(async (id: string, { reason, by, gate, subApp, json }: DecideFlags) => {
      await withVodflow({}, async (vodflow) => {
        const { workflowId } = await oneRun(vodflow, id, subApp)
        const name = gate ?? theOpenOne(workflowId, await vodflow.gates(workflowId))
        const decided = await vodflow.decide(workflowId, { gate: name, decision, by, reason })
        print(json, { workflowId, ...decided }, () => [`${workflowId}: gate ${name} ${decision} by ${by}`])
      })
    })
}

function theOpenOne(workflowId: string, gates: readonly GateView[]): string {
  const open = gates.filter(({ status }) => status === 'open')
  const [one] = open
  if (one && open.length === 1) return one.gate
  const problem = open.length === 0 ? `no gate of "${workflowId}" is open` : `${open.length} gates are open`
  const names = (open.length === 0 ? gates : open).map((each) => `${each.gate} (${each.status})`).join(', ')
  throw new InvalidInputError([
    { field: '--gate', problem, remedy: `give one of: ${names || 'none was reached yet'}` },
  ])
}
