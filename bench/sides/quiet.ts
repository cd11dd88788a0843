import { DefaultLogger, Runtime } from '@temporalio/worker'

/** Temporal's own log is for operators, and would be part of what is measured. */
export function quiet(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  })
}
