/** vodflow, or what it is held against in the same pair. */
export type Way = 'ours' | 'floor'

export type Pairs<T> = Readonly<Record<Way, readonly T[]>>

/** Who is first in a pair: each in turn. */
export function orderOf(pair: number): readonly Way[] {
  return pair % 2 === 0 ? ['ours', 'floor'] : ['floor', 'ours']
}

/**
 * A B, B A, A B ...: what the machine does meanwhile, it does to both. A pair that is not counted comes first, for what is loaded and
 * compiled once; its number is -1.
 */
export async function inPairs<T>(
  pairs: number,
  work: (way: Way, pair: number) => Promise<T>,
): Promise<Pairs<T>> {
  const found: Record<Way, T[]> = { ours: [], floor: [] }
  for (let pair = -1; pair < pairs; pair++) {
    for (const way of orderOf(pair)) {
      const result = await work(way, pair)
      if (pair >= 0) found[way].push(result)
    }
  }
  return found
}
