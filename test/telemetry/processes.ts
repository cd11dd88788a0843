import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { binary } from '../support/binary.js'

/** A command that runs until it is stopped, and everything it has printed. */
export interface Started {
  readonly child: ChildProcess
  readonly said: { out: string; err: string }
  /** Resolves once its standard output has this; rejects with all it has said when it ends before. */
  says(pattern: RegExp): Promise<string>
  stop(): Promise<number | null>
}

/** @param stderr - where its log goes; what goes to a file is not in `said`. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stderr: 'pipe' | number = 'pipe',
): Started {
  const child = spawn(process.execPath, [binary, ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', stderr],
  }) as ChildProcessByStdio<null, Readable, Readable | null>
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said.out += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said.err += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    child,
    said,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const [found] = pattern.exec(said.out) ?? []
          if (found !== undefined) resolve(found)
        }
        child.stdout.on('data', look)
        void ended.then(() => reject(new Error(`${args[0]} has ended: ${said.out}${said.err}`)))
        look()
      }),
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export async function scrape(port: number): Promise<{ text: string; samples: readonly Sample[] }> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  if (!response.ok) throw new Error(`HTTP status ${response.status}`)
  const text = await response.text()
  const samples = text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text])
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
  return { text, samples }
}

/** Sum over all series with these labels. */
export function sumOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
) {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0)
}
