import { Command, InvalidArgumentError } from 'commander'

export interface Options {
  /** Ids of cases; the first parts of one, or `*` in a part, stand for all that match. */
  readonly only: readonly string[]
  /** The whole product. */
  readonly full: boolean
  /** So many cases, drawn at random; absent: all. */
  readonly sample?: number
  readonly seed: number
  readonly concurrency: number
  readonly out?: string
}

export function optionsOf(args: readonly string[]): Options {
  return new Command('explore')
    .description(
      'Disturbs every kind of step in every way that Temporal has, at every moment. The books of a local VOD are the judge.',
    )
    .option(
      '--only <id>',
      'a case, or all that match: kind/host/answer/net/disturbance, with * and without last parts; can be repeated',
      (id: string, ids: readonly string[]) => [...ids, id],
      [] as readonly string[],
    )
    .option('--full', 'every operation with every net: twice as many cases', false)
    .option('--sample <number>', 'so many cases, drawn at random', whole)
    .option('--seed <number>', 'the same seed, the same sample', whole, Math.floor(Math.random() * 1e9))
    .option('--concurrency <number>', 'cases at once', whole, 120)
    .option('--out <file>', 'leaves each case there, as JSON lines')
    .parse([...args], { from: 'user' })
    .opts<Options>()
}

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('Give a whole number from 1 on.')
}
