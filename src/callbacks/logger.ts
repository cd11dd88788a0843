/** pino's, or any like it. No line has a body or a secret in it. */
export interface Logger {
  /** What happened as it should. */
  info(fields: object, message: string): void
  /** What somebody should look at. */
  warn(fields: object, message: string): void
}
