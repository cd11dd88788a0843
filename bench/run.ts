import { Command, InvalidArgumentError } from 'commander'
import { batch } from './batch.js'
import { callbacks } from './callbacks.js'
import { cost } from './cost.js'
import { faults } from './faults.js'
import { type Bench, type BenchOptions, barsTable, markdown, writeResult } from './harness/result.js'
import { latency } from './latency.js'
import { start } from './start.js'
import { throughput } from './throughput.js'
import { waiting } from './waiting.js'

const benches: Readonly<Record<string, Bench>> = {
  cost,
  throughput,
  latency,
  waiting,
  callbacks,
  faults,
  batch,
  start,
}

// Every process that a benchmark starts ends with it.
process.setMaxListeners(0)

const program = new Command('bench')
  .argument('<name>', `${Object.keys(benches).join(', ')} or all`)
  .option('--full', 'the sizes that take hours', false)
  .option('--rounds <number>', 'pairs of each ratio', whole, 10)
  .option('--jobs <number>', 'of throughput, waiting, faults and batch, instead of their own sizes', whole)
  .option('--servers <list>', 'of memory, file, cluster (at TEMPORAL_ADDRESS)', servers, ['memory', 'file'])
  .option('--out <dir>', 'where the JSON goes', 'bench/results')
  .parse()
const [name] = program.args as [string]
const options = program.opts<BenchOptions & { out: string }>()
const chosen = name === 'all' ? Object.keys(benches) : [name]
for (const each of chosen) {
  const bench = benches[each]
  if (!bench) {
    console.error(`there is no benchmark ${each}; give ${Object.keys(benches).join(', ')} or all`)
    process.exit(2)
  }
  console.log(`## ${each}: ${bench.about}\n`)
  const result = await bench.run(options)
  for (const table of [...result.tables, barsTable(result.bars)]) console.log(markdown(table))
  console.log(await writeResult(options.out, each, result))
}
process.exit(0)

function whole(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('Give a whole number from 1 on.')
}

function servers(text: string): BenchOptions['servers'] {
  const known = ['memory', 'file', 'cluster'] as const
  return text.split(',').map((each) => {
    const found = known.find((one) => one === each)
    if (!found) throw new InvalidArgumentError(`Give some of ${known.join(', ')}.`)
    return found
  })
}
