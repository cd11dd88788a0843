import type { Command } from 'commander'
import { registerControl } from './control.js'
import { registerReport } from './report.js'
import { registerRun } from './run.js'

export function registerBatch(program: Command): void {
  const batch = program.command('batch').description('processes a whole library with one task flow')
  registerRun(batch)
  registerControl(batch)
  registerReport(batch)
}
