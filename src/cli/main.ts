#!/usr/bin/env node
import { createProgram } from './program.js'
import { hideEnvironment, redact } from './redact.js'

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    hideEnvironment()
    console.error(redact(`vodflow: ${error instanceof Error ? error.message : String(error)}`))
    process.exitCode = 1
  })
