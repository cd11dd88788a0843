#!/usr/bin/env node
import { missingPeer } from './init/peers.js'
import { saidOf } from './messageOf.js'
import { surviveLostLog, watchOutput } from './output.js'
import { say } from './print.js'
import { createProgram } from './program.js'
import { hideEnvironment } from './redact.js'
import { guard } from './terminal.js'

function sayError(error: unknown): void {
  say(missingPeer(error) ?? saidOf(error))
}

hideEnvironment()
guard(process.stdout, process.stderr)
surviveLostLog(process.stderr)
watchOutput(process.stdout, (problem) => {
  say(`the output could not be written: ${problem}`)
  process.exitCode = 1
})
// Without these listeners, Node prints warnings and uncaught errors itself.
process.removeAllListeners('warning').on('warning', sayError)
process.on('uncaughtException', (error) => {
  sayError(error)
  process.exit(1)
})

await createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    sayError(error)
    process.exitCode = 1
  })

// The command is done. Exit even if a handle of a failed worker or a timer of a library is still open.
const written = (stream: NodeJS.WriteStream) => new Promise((resolve) => stream.write('', resolve))
await Promise.all([written(process.stdout), written(process.stderr)])
process.exit()
