import { z } from 'zod'
import { VodflowError } from '../base/vodflowError.js'
import type { EmulatorLog } from './books.js'
import { EmulatorClock } from './clock.js'
import { duration } from './durationSchema.js'
import type { EmulatorOptions } from './emulator.js'
import { type EmulatorProblem, problemLines, problemsIn } from './problemLines.js'
import { SwitchChanges } from './switchChanges.js'

/** Options of the local VOD are wrong. The message names each of them, its problem and the remedy. Nothing was started. */
export class InvalidEmulatorOptionsError extends VodflowError {
  override readonly name = 'InvalidEmulatorOptionsError'
  override readonly code = 'VODFLOW_INVALID_EMULATOR_OPTIONS'

  /** @internal */
  constructor(problems: readonly EmulatorProblem[]) {
    super({
      what: problems.map(({ what }) => what).join(', '),
      remedy: [...new Set(problems.map(({ remedy }) => remedy))].join('; '),
      message: () => problemLines(problems),
    })
  }
}

const nameOfKey = (name: string) =>
  z.string().refine((text) => text !== '', `is empty; give the ${name} that calls are signed with`)

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .custom<number>((value) => typeof value !== 'number' || Number.isSafeInteger(value), notWhole)
    .pipe(z.number().min(least).max(most))

const notWhole = 'is not a whole number; give one'

const time = () => duration().optional()

const Options = z.strictObject({
  secretId: nameOfKey('SecretId'),
  secretKey: nameOfKey('SecretKey'),
  port: whole(0, 65_535).optional(),
  dataDir: z.string().optional(),
  clock: z
    .custom<EmulatorClock>(
      (value) => value instanceof EmulatorClock,
      'is no EmulatorClock; give a new EmulatorClock()',
    )
    .optional(),
  switches: z.preprocess(withoutUndefined, SwitchChanges.optional()),
  seed: whole(Number.MIN_SAFE_INTEGER).optional(),
  media: z.enum(['ffmpeg', 'instant']).optional(),
  taskTime: time(),
  reviewTime: time(),
  waitingTime: time(),
  concurrency: whole(1).optional(),
  defaultSubAppId: whole(1).optional(),
  pullHold: time(),
  pushTimeout: time(),
  log: z.custom<EmulatorLog>((value) => typeof value === 'function', 'is no function; give one').optional(),
}) satisfies z.ZodType<EmulatorOptions>

/** A switch that is undefined keeps its default. */
function withoutUndefined(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** @throws InvalidEmulatorOptionsError that names each wrong option */
export function requireOptions(options: EmulatorOptions): void {
  // Problems say what was given.
  const { error } = Options.safeParse(options, { reportInput: true })
  if (error) throw new InvalidEmulatorOptionsError(problemsIn(error))
}
