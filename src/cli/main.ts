#!/usr/bin/env node
import { createRequire } from 'node:module'
import { Command } from 'commander'
import { registerAudit } from './audit.js'
import { registerCallbacks } from './callbacks.js'
import { registerEmulator } from './emulator.js'
import { registerWorker } from './worker.js'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

const program = new Command('vodflow')
  .description("Tencent Cloud VOD's asynchronous media API as durable Temporal workflows")
  .version(version)
  .showHelpAfterError('(add --help for what there is)')

registerWorker(program)
registerCallbacks(program)
registerAudit(program)
registerEmulator(program)

program.parseAsync().catch((error: unknown) => {
  console.error(`vodflow: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
