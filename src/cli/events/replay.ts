import type { Command } from 'commander'
import { unreachable } from '../../contract/unreachable.js'
import { readGiven } from '../files.js'
import { textOption } from '../options.js'
import { notGood, print } from '../print.js'

/** Registers `replay`, which posts events again, as VOD would. */
export function registerReplay(events: Command): void {
  events
    .command('replay')
    .description(
      'posts the events of a file to a callback service; safe, because an event only makes a run read its task',
    )
    .argument('<file>', 'events, one JSON object per line, as vodflow events listen shows them')
    .requiredOption('--to <URL>', 'address of vodflow callbacks', textOption)
    .option('--json', 'print JSON, one object per line', false)
    .addHelpText('after', help)
    .action(async (file: string, { to, json }: { to: string; json: boolean }) => {
      if (!URL.canParse(to)) throw new Error('--to: is not a URL; pass the address of vodflow callbacks')
      const text = await readGiven({
        option: '<file>',
        path: file,
        remedy: 'pass a file with an event on each line',
      })
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      if (lines.length === 0) throw new Error(`${file}: has no event; pass a file with an event on each line`)
      for (const [index, line] of lines.entries()) {
        const EventType = typeOf(line)
        if (EventType === undefined)
          throw new Error(`${file}, line ${index + 1}: is not an event; write JSON with an EventType`)
        const headers = { 'content-type': 'application/json' }
        const { ok, answer } = await post(to, { method: 'POST', headers, body: line })
        if (!ok) process.exitCode = notGood
        print(json, { line: index + 1, EventType, answer }, () => [
          `line ${index + 1} ${EventType}: ${answer}`,
        ])
      }
    })
}

async function post(to: string, request: RequestInit): Promise<{ ok: boolean; answer: string }> {
  try {
    const response = await fetch(to, request)
    return { ok: response.ok, answer: `${response.status} ${(await response.text()).trim()}`.trim() }
  } catch (error) {
    return { ok: false, answer: unreachable(error) }
  }
}

function typeOf(line: string): string | undefined {
  try {
    const type: unknown = Object(JSON.parse(line)).EventType
    return typeof type === 'string' ? type : undefined
  } catch {
    return undefined
  }
}

const help = `
Exit code: 2 an event was refused.

Example:
  vodflow events replay events.ndjson --to http://127.0.0.1:8080/
`
