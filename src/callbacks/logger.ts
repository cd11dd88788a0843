import { aside } from '../contract/aside.js'

/** A logger like pino's. No line contains a body or a secret. */
export interface EventLogger {
  /** Logs an expected event. */
  info(fields: object, message: string): void
  /** Logs a problem that an operator should look at. */
  warn(fields: object, message: string): void
}

/**
 * Wraps a logger so that it never throws, and so that a promise of an async logger never rejects: a line that cannot be written must not
 * affect an event, a connection, a loop or the process.
 */
export function totalLogger(logger: EventLogger | undefined): EventLogger | undefined {
  if (!logger) return undefined
  const total = (level: keyof EventLogger) => (fields: object, message: string) =>
    aside(() => logger[level](fields, message))
  return { info: total('info'), warn: total('warn') }
}
