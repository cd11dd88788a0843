/** pino's, or any like it. No line has a body or a secret in it. */
export interface Logger {
  /** What happened as it should. */
  info(fields: object, message: string): void
  /** What somebody should look at. */
  warn(fields: object, message: string): void
}

/** The same logger, but never throws: a line that cannot be written decides about no event, connection or loop. */
export function totalLogger(logger: Logger | undefined): Logger | undefined {
  if (!logger) return undefined
  const total = (level: keyof Logger) => (fields: object, message: string) => {
    try {
      logger[level](fields, message)
    } catch {
      // Nothing is left to say it with.
    }
  }
  return { info: total('info'), warn: total('warn') }
}
