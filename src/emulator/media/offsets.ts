import { SubTaskFailure } from './contract.js'

/** A time in the media, as the API writes it: "5s", "10%", or a number of seconds. */
export function secondsOf(offset: string, durationSeconds: number): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|%)$/.exec(offset) ?? []
  if (number === undefined)
    throw new SubTaskFailure('InvalidInput.InvalidTimeOffset', `"${offset}" is not a time like 5s or 10%`)
  return unit === '%' ? (Number(number) / 100) * durationSeconds : Number(number)
}

/** The last frame begins before the end: nothing can be seen at the very end. */
export function withinMedia(
  seconds: number,
  { durationSeconds, fps }: { durationSeconds: number; fps: number },
): number {
  if (seconds > durationSeconds + 1) {
    throw new SubTaskFailure(
      'InvalidInput.InvalidTimeOffset',
      `${seconds} s is after the end of the media (${durationSeconds} s)`,
    )
  }
  return Math.max(0, Math.min(seconds, durationSeconds - Math.max(0.1, 1 / (fps || 1))))
}
