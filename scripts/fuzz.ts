// Sends hostile input to the callback service and the workflows: npm run fuzz -- [--count N] [--seed S]
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { fuzzConnections } from '../test/fuzz/connectionFuzz.js'
import { fuzzHandler } from '../test/fuzz/handlerFuzz.js'
import { fuzzNames } from '../test/fuzz/namesFuzz.js'
import { fuzzParsers } from '../test/fuzz/parserFuzz.js'
import { tableOf } from '../test/fuzz/tally.js'

const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } })
const count = wholeNumber('count', values.count ?? '100000')
const seed = values.seed === undefined ? randomInt(2 ** 32) : wholeNumber('seed', values.seed)

const rounds = Math.ceil(count / 5_000)
const names = Math.ceil(count / 100)

console.log(
  `seed ${seed}: ${count} requests, ${count} inputs for each parser, ${names} inputs by name, ${rounds} crowds of connections`,
)
const began = performance.now()
const parsers = fuzzParsers({ seed, count })
console.log(`\n${tableOf(parsers.rows)}\n`)
const byName = await fuzzNames({ seed, count: names })
console.log(`\n${tableOf(byName.rows)}\n`)
const onProgress = (answered: number) => console.log(`${answered} requests answered`)
const handler = await fuzzHandler({ seed, count, onProgress })
console.log(`\n${tableOf(handler.rows)}\n`)
console.log(`${handler.meanwhile} good events were taken while slow senders were connected`)
console.log(handler.memory?.text ?? 'memory not measured: run node with --expose-gc')
const connections = await fuzzConnections({ seed, rounds })
console.log(`\n${tableOf(connections.rows)}`)
console.log(`95 of 100 good events in a crowd were answered within ${connections.p95.toFixed(0)} ms\n`)
console.log(`${((performance.now() - began) / 1_000).toFixed(0)} s`)

for (const { rule, index, kind, input } of [
  ...parsers.violations,
  ...byName.violations,
  ...handler.violations,
  ...connections.violations,
]) {
  console.error(
    `\nVIOLATION with seed ${seed}, count ${count}, ${kind ?? 'unknown'} input ${index ?? 'unknown'}`,
  )
  console.error(`  ${rule}\n  ${input ?? ''}`)
  process.exitCode = 1
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} is not a whole number; pass e.g. --${name} 1000`)
  return Number(text)
}
