/** pino's, or any like it. No line has a body or a secret in it. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}
