import { Command, InvalidArgumentError } from 'commander'
import type { Net } from './plan.js'

export interface Options {
  readonly jobs: number
  /** Pipelines of five steps with a person in them. */
  readonly pipelines?: number
  /** Steps of every kind, with what people do to them. */
  readonly steps?: number
  /** Items of a batch. */
  readonly batch?: number
  readonly seed: number
  readonly server: 'dev' | 'cluster'
  readonly only?: Net
  readonly concurrency: number
  /** Minutes after which a run counts as lost. */
  readonly patience: number
  readonly out?: string
}

export function optionsOf(args: readonly string[]): Options {
  return new Command('chaos')
    .description(
      'Real processes are killed and a local VOD misbehaves, while jobs run. Its books are the judge.',
    )
    .option('--jobs <number>', 'how many', whole, 1_000)
    .option('--pipelines <number>', 'pipelines of users beside them; default one for 20 jobs', whole)
    .option('--steps <number>', 'steps that people disturb; default half as many as jobs', whole)
    .option('--batch <number>', 'items of a batch beside them; default as many as jobs', whole)
    .option(
      '--seed <number>',
      'the same seed, the same plan of faults',
      whole,
      Math.floor(Math.random() * 1e9),
    )
    .option(
      '--server <kind>',
      'dev: a dev server with a file; cluster: the one at TEMPORAL_ADDRESS',
      choice('dev', 'cluster'),
      'dev',
    )
    .option(
      '--only <net>',
      'one net alone: push, pull, sweep or look',
      choice('push', 'pull', 'sweep', 'look'),
    )
    .option('--concurrency <number>', 'jobs at once', whole, 150)
    .option('--patience <minutes>', 'a run that takes longer counts as lost', whole, 30)
    .option('--out <dir>', 'leaves books, kills, forged events and outcomes there, as JSON lines')
    .parse([...args], { from: 'user' })
    .opts<Options>()
}

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('Give a whole number from 1 on.')
}

function choice(...choices: readonly string[]) {
  return (text: string) => {
    if (choices.includes(text)) return text
    throw new InvalidArgumentError(`Give ${choices.join(', ')}.`)
  }
}
