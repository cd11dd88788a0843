import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Plot, svgOf } from './plot.js'

/** What is claimed, and whether it was held. */
export interface Bar {
  readonly claim: string
  readonly measured: string
  readonly held: boolean
}

export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

/** What a benchmark gives: tables and plots for people, everything measured for programs. */
export interface Result {
  readonly tables: readonly Table[]
  readonly bars: readonly Bar[]
  readonly plots: readonly Plot[]
  readonly raw: unknown
}

export interface BenchOptions {
  /** The sizes that take hours. */
  readonly full: boolean
  /** Pairs of a ratio. */
  readonly rounds: number
  /** Of `throughput`, `waiting`, `faults` and `batch`, instead of their own sizes. */
  readonly jobs?: number
  readonly servers: readonly ('memory' | 'file' | 'cluster')[]
}

export interface Bench {
  /** One line. */
  readonly about: string
  run(options: BenchOptions): Promise<Result>
}

const Cell = z.union([z.string(), z.number()])

/** What is in a file of results, as far as the page of benchmarks shows it. */
export const Saved = z.object({
  name: z.string(),
  at: z.string(),
  commit: z.string(),
  machine: z.object({
    system: z.string(),
    processors: z.string(),
    memoryGiB: z.number(),
    node: z.string(),
  }),
  versions: z.record(z.string(), z.string()),
  tables: z.array(z.object({ title: z.string(), head: z.array(z.string()), rows: z.array(z.array(Cell)) })),
  bars: z.array(z.object({ claim: z.string(), measured: z.string(), held: z.boolean() })),
  plots: z.array(z.object({ title: z.string() })),
})

export type Saved = z.infer<typeof Saved>

export function markdown({ title, head, rows }: Table, level = 3): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const heading = `${'#'.repeat(level)} ${title}`
  return [heading, '', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n')
}

export function barsTable(bars: readonly Bar[]): Table {
  const rows = bars.map(({ claim, measured, held }) => [claim, measured, held ? 'held' : 'MISSED'])
  return { title: 'The bar', head: ['claim', 'measured', ''], rows }
}

export const plotName = (name: string, number: number): string => `bench-${name}-${number + 1}.svg`

/** Everything measured as JSON, and each plot as SVG. */
export async function writeResult(folder: string, name: string, result: Result): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  await writeFile(path, `${JSON.stringify({ name, ...(await where()), ...result }, undefined, 1)}\n`)
  for (const [number, plot] of result.plots.entries())
    await writeFile(join(folder, plotName(name, number)), svgOf(plot))
  return path
}

async function where(): Promise<Pick<Saved, 'at' | 'commit' | 'machine' | 'versions'>> {
  const version = async (name: string): Promise<string> =>
    JSON.parse(await readFile(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
      .version
  return {
    at: new Date().toISOString(),
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
    machine: {
      system: type(),
      processors: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    versions: { '@temporalio/worker': await version('@temporalio/worker') },
  }
}
