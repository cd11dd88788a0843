import { type Command, InvalidArgumentError } from 'commander'
import { withData } from './files.js'
import { createLog, type LogFlags, withLogOptions } from './log.js'
import { portOption, textOption } from './options.js'
import { hide } from './redact.js'
import { untilStopped } from './untilStopped.js'

interface EmulatorFlags extends LogFlags {
  readonly port: number
  readonly secretId: string
  readonly secretKey: string
  readonly data?: string
  readonly media: 'ffmpeg' | 'instant'
  readonly seed: number
}

export function registerEmulator(program: Command): void {
  withLogOptions(program.command('emulator'))
    .description('starts a local VOD for any official Tencent Cloud SDK')
    .requiredOption('--port <port>', 'port on 127.0.0.1; 0 takes any free port', portOption)
    .requiredOption('--secret-id <id>', 'the SecretId that calls are signed with', textOption)
    .requiredOption('--secret-key <key>', 'the SecretKey that calls are signed with', textOption)
    .option(
      '--data <dir>',
      'keep media and state in this folder across restarts (default: a temporary folder)',
      textOption,
    )
    .option(
      '--media <kind>',
      'ffmpeg processes media; instant processes none and always succeeds',
      mediaOption,
      'ffmpeg',
    )
    .option('--seed <number>', 'seed that makes random faults repeatable', seedOption, 1)
    .addHelpText(
      'after',
      '\nExample:\n  vodflow emulator --port 8080 --secret-id test --secret-key test --data ./vod\n',
    )
    .action(async ({ data, logLevel, logFormat, ...flags }: EmulatorFlags) => {
      const { startEmulator } = await import('../emulator/index.js')
      hide(flags.secretId)
      hide(flags.secretKey)
      const log = await createLog({ logLevel, logFormat })
      const emulator = await withData('--data', () =>
        startEmulator({
          ...flags,
          dataDir: data,
          log: (fields, message) => log.info(fields, message),
        }),
      )
      const stopped = untilStopped()
      console.log(`local VOD on ${emulator.endpoint}`)
      await stopped
      await emulator.close()
    })
}

function mediaOption(text: string): string {
  if (text === 'ffmpeg' || text === 'instant') return text
  throw new InvalidArgumentError('Pass ffmpeg (the default) or instant.')
}

function seedOption(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('A seed is a whole number of at most 10 digits, e.g. 42.')
}
