import { VodflowError } from './vodflowError.js'

/** A server cannot listen on its host and port. */
export class CannotListenError extends VodflowError {
  override readonly name = 'CannotListenError'
  override readonly code = 'VODFLOW_CANNOT_LISTEN'

  constructor({
    host,
    port,
    cause,
  }: { readonly host: string; readonly port: number; readonly cause: Error }) {
    const known = listenProblems[(cause as NodeJS.ErrnoException).code ?? '']
    const [problem, remedy] = known ?? [cause.message, 'Check port and host.']
    super({ what: `Cannot listen on ${host}, port ${port}: ${problem}`, remedy, cause })
  }
}

const listenProblems: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  EADDRINUSE: ['the port is taken by another program', 'Pass another one, or 0 for any free port.'],
  EACCES: ['this user may not use that port', 'Use a port above 1023.'],
  EADDRNOTAVAIL: ['this machine has no such address', 'Use 127.0.0.1, or 0.0.0.0 for all addresses.'],
  ENOTFOUND: ['the host name is unknown', 'Use 127.0.0.1, or 0.0.0.0 for all addresses.'],
}
