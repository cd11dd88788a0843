import type { OpenTelemetryPluginOptions } from '@temporalio/interceptors-opentelemetry'
import { connect } from 'vodflow'
import { createTracing } from 'vodflow/telemetry'
import type { ServedHere } from 'vodflow/worker'

export function trace(options: OpenTelemetryPluginOptions) {
  const tracing = createTracing(options)
  const served: Pick<ServedHere, 'tracing'> = { tracing }
  return { served, vodflow: connect({ plugins: [tracing.plugin] }) }
}
