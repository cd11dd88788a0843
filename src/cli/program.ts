import { Command, Help, type Option } from 'commander'
import { version } from '../contract/version.js'
import { registerAdopt } from './adopt.js'
import { registerDecide } from './approveAndReject.js'
import { registerAudit } from './audit.js'
import { registerBatch } from './batch/index.js'
import { registerBuilds } from './builds.js'
import { registerCallbacks } from './callbacks.js'
import { registerCancel } from './cancel.js'
import { registerCodec } from './codec.js'
import { registerDetach } from './detach.js'
import { registerDev } from './dev/index.js'
import { registerDoctor } from './doctor.js'
import { registerEmulator } from './emulator.js'
import { registerEvents } from './events/index.js'
import { registerInit } from './init/index.js'
import { documentJson } from './jsonShapes.js'
import { columnsOf, fitted, fittedHelp } from './layout.js'
import { registerList } from './list.js'
import { textOption } from './options.js'
import { registerProbe } from './probe.js'
import { registerProcess } from './process.js'
import { redact } from './redact.js'
import { registerReport } from './report.js'
import { registerAgain } from './retryAndRerun.js'
import { registerSetup } from './setup.js'
import { registerStatus } from './status.js'
import { registerSubmits } from './submits.js'
import { registerTemplates } from './templates/index.js'
import { registerVerifyUpgrade } from './verifyUpgrade.js'
import { registerWatch } from './watch.js'
import { registerWorker } from './worker.js'

/** Creates the program with every command. A command loads what it needs when it runs, so that help appears immediately. */
export function createProgram(): Command {
  const program = new Command('vodflow')
    .description("Tencent Cloud VOD's asynchronous media API as durable Temporal workflows")
    .version(version)
    .showHelpAfterError('(add --help for usage)')
    .configureOutput({
      writeOut: (text) => process.stdout.write(fittedHelp(text, columnsOf(process.stdout))),
      outputError: (text, write) => write(fitted(redact(unknownOption(text)), columnsOf(process.stderr))),
      getOutHelpWidth: () => columnsOf(process.stdout) ?? 80,
    })
    .configureHelp({ optionDescription })
    .addHelpText('after', help)
  program.commandsGroup('Get started:')
  registerInit(program)
  registerDev(program)
  registerDoctor(program)
  registerSetup(program)
  program.commandsGroup('Run:')
  registerWorker(program)
  registerCallbacks(program)
  registerEmulator(program)
  registerCodec(program)
  program.commandsGroup('One media file:')
  registerProcess(program)
  registerStatus(program)
  registerWatch(program)
  registerList(program)
  registerReport(program)
  registerAgain(program)
  registerAdopt(program)
  registerCancel(program)
  registerDetach(program)
  registerDecide(program)
  program.commandsGroup('Many runs:')
  registerBatch(program)
  registerAudit(program)
  registerSubmits(program)
  registerBuilds(program)
  registerVerifyUpgrade(program)
  program.commandsGroup('VOD:')
  registerTemplates(program)
  registerEvents(program)
  registerProbe(program)
  documentJson(program)
  unsetEmptyVariables(program)
  refuseEmptyArguments(program)
  return program
}

/** Says which options are required, and not that a switch is off unless it is passed. */
function optionDescription(this: Help, option: Option): string {
  const { mandatory, defaultValue } = option
  const isOff = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0)
  const text = isOff ? option.description : Help.prototype.optionDescription.call(this, option)
  return mandatory ? `${text} (required)` : text
}

/** An empty variable counts as not set everywhere. Commander would parse its value. */
function unsetEmptyVariables({ commands, options }: Command): void {
  for (const { envVar } of options)
    if (envVar !== undefined && process.env[envVar] === '') delete process.env[envVar]
  for (const command of commands) unsetEmptyVariables(command)
}

/** A variable that is not set in the shell makes an argument empty. The words of the command of `dev` are its own. */
function refuseEmptyArguments({ commands, registeredArguments }: Command): void {
  for (const argument of registeredArguments)
    if (!argument.variadic && argument.parseArg === undefined) argument.argParser(textOption)
  for (const command of commands) refuseEmptyArguments(command)
}

const unknown = "error: unknown option '"

/** Ids may start with a dash. The value of an unknown option may be a secret. */
function unknownOption(text: string): string {
  if (!text.startsWith(unknown)) return text
  const flag = /^(?:--[^=\s']*|-.)?/.exec(text.slice(unknown.length))?.[0] ?? ''
  const suggestion = text.slice(text.lastIndexOf('\n(Did you mean ')).trim()
  const meant = /^\(Did you mean --[a-z-]{1,40}\?\)$/.test(suggestion) ? `\n${suggestion}` : ''
  return `${unknown}${flag}'; put -- before an id that starts with a dash${meant}\n`
}

const help = `
Exit codes: 0 success; 1 the command failed; 2 the command worked, but its result or finding is bad.
Settings: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_* (Temporal's own), TENCENTCLOUD_SECRET_ID, _SECRET_KEY
(or ~/.tencentcloud/credentials, or the CVM role), VODFLOW_MAC_KEYS, VODFLOW_VOD_ENDPOINT. "vodflow doctor" checks them.
`
