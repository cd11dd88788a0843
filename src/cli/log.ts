import type { Logger as TemporalLogger } from '@temporalio/common'
import { type Command, Option } from 'commander'
import type { Logger } from 'pino'
import { plain } from '../contract/visible.js'
import { hideEnvironment, redactValue } from './redact.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const

export interface LogFlags {
  readonly logLevel: (typeof levels)[number]
  readonly logFormat?: 'json' | 'text' | undefined
}

/** Adds the options of every command that runs until it is stopped. */
export function withLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--log-level <level>', 'lowest level that is logged, on standard error')
        .choices(levels)
        .env('VODFLOW_LOG_LEVEL')
        .default('info'),
    )
    .addOption(
      new Option(
        '--log-format <format>',
        'format of the log (default: text in a terminal, else json, one object per line)',
      )
        .choices(['json', 'text'])
        .env('VODFLOW_LOG_FORMAT'),
    )
}

/** Creates the log of a process, which writes lines without secrets to standard error. */
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
      formatters: { level: (level) => ({ level }), log: withoutOwn },
      serializers: { error: stdSerializers.err },
    },
    { write: (line) => void process.stderr.write(lineOf(line, asText)) },
  )
}

/** Temporal warns of a worker that runs only activities, such as those of VOD's calls. */
const callsOnly = 'No workflows registered'

/** Sends the logs of Temporal's SDK, its native part, workflows and activities to the same log. */
export function temporalLogger(log: Logger): TemporalLogger {
  const at =
    (level: LogFlags['logLevel']) =>
    (message: string, fields: object = {}) =>
      log[level === 'warn' && message.startsWith(callsOnly) ? 'debug' : level](fields, message)
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    log: (level, message, fields) => at(level.toLowerCase() as LogFlags['logLevel'])(message, fields),
  }
}

const own = ['time', 'level', 'message']

/** Renames fields that would overwrite those of the record, because a workflow may log a field of any name. */
function withoutOwn(fields: Record<string, unknown>): Record<string, unknown> {
  if (!own.some((name) => name in fields)) return fields
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [own.includes(name) ? `${name}_` : name, value]),
  )
}

/** Formats a record of pino. Redacts each value on its own, so that the line stays valid JSON. */
export function lineOf(record: string, asText: boolean): string {
  const safe = redactValue(parsed(record))
  return asText ? textOf(safe) : `${JSON.stringify(safe)}\n`
}

/** Never throws, because an error in the log would end the process. */
function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line, (_, value: unknown) => (isBuffer(value) ? `[${value.data.length} bytes]` : value))
  } catch {
    return { level: 'error', message: 'a log record cannot be parsed', line }
  }
}

function isBuffer(value: unknown): value is { readonly data: readonly unknown[] } {
  const { type, data } = Object(value) as { readonly type?: unknown; readonly data?: unknown }
  return type === 'Buffer' && Array.isArray(data)
}

/** Formats a record for people: `23:59:58 warn  the message  name=value`. */
function textOf({ time, level, message, ...fields }: Record<string, unknown>): string {
  const shown = Object.entries(fields).map(
    ([name, value]) => `${name}=${isWord(value) ? value : JSON.stringify(value)}`,
  )
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${plain([message, ...shown].join('  '))}\n`
}

/** Returns true if a value needs no quotes to be told apart from the next field. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value)
}
