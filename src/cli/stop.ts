import type { Command } from 'commander'
import { oneRun } from './oneRun.js'
import { subAppOption, textOption } from './options.js'
import { print } from './print.js'
import { withVodflow } from './session.js'

interface StopFlags {
  readonly subApp?: number
  readonly json: boolean
}

/** The two ways to stop a run: one stops the work as far as VOD can, the other leaves it to VOD. */
export function registerStop(program: Command): void {
  stopping(program.command('cancel'), 'aborts what VOD has not begun, and says what goes on, billed')
    .addHelpText('after', '\nExample:\n  vodflow cancel 5285485487985271487\n')
    .action(async (id: string, { subApp, json }: StopFlags) => {
      const { RunCancelledError } = await import('../client/index.js')
      await withVodflow({}, async (vodflow) => {
        const { workflowId } = await oneRun(vodflow, id, subApp)
        const run = await vodflow.attach(workflowId)
        await run.cancel()
        const ended = await run.result().then(
          ({ status, reason }) => ({ workflowId, status, reason: `It had ended before: ${reason}` }),
          (error: unknown) => {
            if (!(error instanceof RunCancelledError)) throw error
            return { workflowId, status: 'cancelled', reason: error.message, cancelled: error.cancelled }
          },
        )
        print(json, ended, () => [ended.reason])
      })
    })
  stopping(program.command('detach'), 'stops waiting: VOD goes on with the tasks, and bills them')
    .option('--key <key>', 'only the step with this key', textOption)
    .addHelpText('after', '\nExample:\n  vodflow detach 5285485487985271487\n')
    .action(async (id: string, { subApp, json, key }: StopFlags & { key?: string }) => {
      await withVodflow({}, async (vodflow) => {
        const { workflowId } = await oneRun(vodflow, id, subApp)
        await (await vodflow.attach(workflowId)).detach(key)
        print(json, { workflowId, detached: true }, () => [`${workflowId} no longer waits`])
      })
    })
}

function stopping(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<id>', 'workflow id, FileId, TaskId or SessionId')
    .option('--sub-app <SubAppId>', 'of a TaskId or SessionId', subAppOption)
    .option('--json', 'one JSON object', false)
}
