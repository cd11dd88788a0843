import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem, type } from 'node:os'
import { join } from 'node:path'

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

/** What a benchmark gives: tables for people, everything measured for programs. */
export interface Result {
  readonly tables: readonly Table[]
  readonly bars: readonly Bar[]
  readonly raw: unknown
}

export interface BenchOptions {
  /** The sizes that take hours. */
  readonly full: boolean
  /** Pairs of a ratio. */
  readonly rounds: number
  /** Of `throughput`, `waiting` and `library`, instead of their own sizes. */
  readonly jobs?: number
  readonly servers: readonly ('memory' | 'file' | 'cluster')[]
}

export interface Bench {
  /** One line. */
  readonly about: string
  run(options: BenchOptions): Promise<Result>
}

export function markdown({ title, head, rows }: Table): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [`### ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n')
}

export function barsTable(bars: readonly Bar[]): Table {
  const rows = bars.map(({ claim, measured, held }) => [claim, measured, held ? 'held' : 'MISSED'])
  return { title: 'The bar', head: ['claim', 'measured', ''], rows }
}

export async function writeResult(folder: string, name: string, result: Result): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  await writeFile(path, `${JSON.stringify({ name, ...(await where()), ...result }, undefined, 1)}\n`)
  return path
}

async function where() {
  const version = async (name: string): Promise<string> =>
    JSON.parse(await readFile(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
      .version
  return {
    at: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: {
      system: type(),
      processors: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    versions: { '@temporalio/worker': await version('@temporalio/worker'), temporal: '1.9.1 (dev server)' },
  }
}
