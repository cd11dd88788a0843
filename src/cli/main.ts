#!/usr/bin/env node
import { createProgram } from './program.js'
import { hideEnvironment } from './redact.js'
import { guard } from './terminal.js'
import { messageOf } from './words.js'

guard(process.stdout, process.stderr)
// Node would write it to the terminal itself.
process
  .removeAllListeners('warning')
  .on('warning', (warning) => console.error(`vodflow: ${messageOf(warning)}`))

await createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    hideEnvironment()
    console.error(`vodflow: ${messageOf(error)}`)
    process.exitCode = 1
  })

// The command is done. What is still open keeps no process: a handle of a worker that failed, a timer of a library.
const written = (stream: NodeJS.WriteStream) => new Promise((resolve) => stream.write('', resolve))
await Promise.all([written(process.stdout), written(process.stderr)])
process.exit()
