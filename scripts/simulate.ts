// npm run simulate -- [--seeds N] [--from SEED]: simulates days of faults in seconds, on Temporal's time-skipping server.
import { Command } from 'commander'
import { simulate } from '../test/simulate/simulate.js'
import { createWorld } from '../test/simulate/world.js'

const whole = (text: string) => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`"${text}" is not a whole number`)
}
const { seeds, from } = new Command('simulate')
  .option('--seeds <number>', 'number of seeds', whole, 500)
  .option('--from <seed>', 'the first seed', whole, Math.floor(Math.random() * 1e8))
  .parse()
  .opts<{ seeds: number; from: number }>()

/** The test server is restarted after this many seeds, because it slows down with the number of runs. */
const seedsPerWorld = 50

const realNow = Date.now
const began = realNow()
const counts = new Map<string, number>()
let days = 0
let failed = 0
let world = await createWorld()
for (let done = 0; done < seeds; done++) {
  if (done > 0 && done % seedsPerWorld === 0) {
    await world.close()
    world = await createWorld()
  }
  const { violations, ended, composed } = await simulate(world, from + done)
  for (const name of composed) counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const { outcome, status, closedAt } of ended) {
    const name = `${outcome?.status ?? status}${outcome?.endedBy ? ` by ${outcome.endedBy}` : ''}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
    if (closedAt && outcome)
      days += (closedAt - Date.parse(outcome.tasks[0]?.CreateTime ?? '') || 0) / 86_400_000
  }
  for (const violation of violations) console.log(`BAD  ${violation}`)
  if (violations.length > 0) failed++
  if ((done + 1) % 50 === 0) console.log(`${done + 1} seeds, ${Math.round((realNow() - began) / 1_000)} s`)
}
await world.close()
console.log(
  `\n${seeds} seeds from ${from}, ${Math.round(days)} days of waiting in ${Math.round((realNow() - began) / 1_000)} s`,
)
for (const [name, count] of [...counts].sort()) console.log(`${name.padEnd(30)}${count}`)
console.log(
  failed === 0
    ? 'ok   no invariant broken'
    : `BAD  ${failed} seeds; again: npm run simulate -- --seeds 1 --from SEED`,
)
process.exit(failed === 0 ? 0 : 1)
