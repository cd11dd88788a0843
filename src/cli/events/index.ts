import type { Command } from 'commander'
import { registerConfig } from './config.js'
import { registerListen } from './listen.js'
import { registerReplay } from './replay.js'

export function registerEvents(program: Command): void {
  const events = program.command('events').description("show, set, listen to and replay VOD's events")
  registerConfig(events)
  registerListen(events)
  registerReplay(events)
}
