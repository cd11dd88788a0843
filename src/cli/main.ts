#!/usr/bin/env node
import { createProgram } from './program.js'
import { hideEnvironment } from './redact.js'
import { messageOf } from './words.js'

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    hideEnvironment()
    console.error(`vodflow: ${messageOf(error)}`)
    process.exitCode = 1
  })
