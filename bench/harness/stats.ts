import { randomFrom } from '../../src/emulator/faults.js'

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? below
  return below + (above - below) * (at - Math.floor(at))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export interface Ratio {
  readonly median: number
  /** 95 % interval of the median, by bootstrap over the pairs. */
  readonly low: number
  readonly high: number
  readonly pairs: number
}

const resamples = 10_000

/** Of each pair, which ran side by side: what the machine did meanwhile, it did to both. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio {
  const ratios = ours.map((value, at) => value / (theirs[at] ?? Number.NaN))
  const random = randomFrom(1)
  const medians = Array.from({ length: resamples }, () =>
    median(ratios.map(() => ratios[Math.floor(random() * ratios.length)] as number)),
  )
  return {
    median: median(ratios),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
    pairs: ratios.length,
  }
}

export function ratioText({ median: middle, low, high, pairs }: Ratio): string {
  return `${middle.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}], ${pairs} pairs`
}
