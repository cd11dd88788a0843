import type { Logger as TemporalLogger } from '@temporalio/common'
import { type Command, Option } from 'commander'
import type { Logger } from 'pino'
import { hideEnvironment, redact } from './redact.js'
import { plain } from './terminal.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const

export interface LogFlags {
  readonly logLevel: (typeof levels)[number]
  readonly logFormat?: 'json' | 'text'
}

/** The options of every command that runs until it is stopped. */
export function withLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--log-level <level>', 'what is logged, on standard error')
        .choices(levels)
        .env('VODFLOW_LOG_LEVEL')
        .default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'default: text on a terminal, else json, one object a line')
        .choices(['json', 'text'])
        .env('VODFLOW_LOG_FORMAT'),
    )
}

/** The log of a process: lines on standard error, none with a secret in it. */
export async function createLog({ logLevel, logFormat }: LogFlags): Promise<Logger> {
  const { pino, stdSerializers, stdTimeFunctions } = await import('pino')
  hideEnvironment()
  const asText = (logFormat ?? (process.stderr.isTTY ? 'text' : 'json')) === 'text'
  return pino(
    {
      level: logLevel,
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { error: stdSerializers.err },
    },
    { write: (line) => void process.stderr.write(redact(asText ? textOf(line) : line)) },
  )
}

/** Temporal's SDK, its native part and what workflows and activities log, into the same log. */
export function temporalLogger(log: Logger): TemporalLogger {
  const at =
    (level: LogFlags['logLevel']) =>
    (message: string, fields: object = {}) =>
      log[level](fields, message)
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    log: (level, message, fields) => at(level.toLowerCase() as LogFlags['logLevel'])(message, fields),
  }
}

/** `23:59:58 warn  the message  name=value`, for people. */
function textOf(line: string): string {
  const { time, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>
  const shown = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${plain([message, ...shown].join('  '))}\n`
}
