import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { type Bar, markdown, plotName, Saved } from './harness/result.js'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const pagePath = join(docs, 'benchmarks.md')

const { from, again } = new Command('bench:page')
  .description(
    'Puts the tables and plots of a run into docs/benchmarks.md, and the figures of a second run beside the first.',
  )
  .option('--from <dir>', 'results of the run', 'bench/results')
  .option('--again <dir>', 'results of a second run', 'bench/results/again')
  .parse()
  .opts<{ from: string; again: string }>()

const page = await readFile(pagePath, 'utf8')
const names = [...page.matchAll(/<!-- bench:([a-z]+) -->/g)].map(([, name]) => name as string)
let filled = page
const all: { first: Saved; second: Saved | undefined }[] = []
for (const name of names.filter((each) => each !== 'bars')) {
  const first = await read(from, name)
  if (!first) throw new Error(`${from} has no ${name}.json; run: npm run bench -- ${name}`)
  all.push({ first, second: await read(again, name) })
  for (const [number] of first.plots.entries()) {
    const file = plotName(name, number)
    await copyFile(join(from, file), join(docs, 'images', file))
  }
  filled = put(filled, name, partOf(first, all.at(-1)?.second))
}
filled = put(filled, 'bars', summary())
await writeFile(pagePath, filled)

async function read(folder: string, name: string): Promise<Saved | undefined> {
  try {
    return Saved.parse(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Between a marker and the end of its part: what was there goes. */
function put(text: string, name: string, part: string): string {
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const [from, to] = [text.indexOf(start) + start.length, text.indexOf(end)]
  if (to < from) throw new Error(`${pagePath} has no ${end}`)
  return `${text.slice(0, from)}\n\n${part}\n${text.slice(to)}`
}

/** What only the second run has measured is shown as its. */
function partOf({ name, tables, plots, at, commit }: Saved, second: Saved | undefined): string {
  const shown = [
    ...tables,
    ...(second?.tables ?? [])
      .filter(({ title }) => !tables.some((table) => table.title === title))
      .map((table) => ({ ...table, title: `${table.title} (second run)` })),
  ]
  const pictures = plots.map(({ title }, number) => `![${title}](images/${plotName(name, number)})\n`)
  const when = (run: Pick<Saved, 'at' | 'commit'>) =>
    `${run.at.slice(0, 16).replace('T', ' ')} UTC, commit \`${run.commit}\``
  const said = `Run at ${when({ at, commit })}${second ? `; second run at ${when(second)}` : ''}.\n`
  return [...shown.map((table) => markdown(table)), ...pictures, said].join('\n')
}

/** Every bar of the run, and what the second run says to it. */
function summary(): string {
  const rows = all.flatMap(({ first, second }) => {
    const claims = new Set([...first.bars, ...(second?.bars ?? [])].map(({ claim }) => claim))
    return [...claims].map((claim) => {
      const [one, two] = [first, second].map((run) => run?.bars.find((bar) => bar.claim === claim))
      return [first.name, claim, saidOf(one), saidOf(two)]
    })
  })
  const [{ first }] = all as [(typeof all)[number]]
  const { machine, versions } = first
  const where = `${machine.processors}, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, @temporalio/worker ${versions['@temporalio/worker']}.`
  const table = { title: 'The bars', head: ['benchmark', 'claim', 'measured', 'second run'], rows }
  return `${where}\n\n${markdown(table, 2)}`
}

function saidOf(bar: Bar | undefined): string {
  return bar ? `${bar.measured}${bar.held ? '' : ' (**missed**)'}` : ''
}
