import type { RuntimeOptions } from '@temporalio/worker'
import { histogramBuckets } from '../contract/metrics.js'

/**
 * Returns `telemetryOptions.metrics` for Temporal's `Runtime.install`. It serves the metrics of Temporal and vodflow to Prometheus; the
 * names of vodflow's metrics start with `vodflow_`. Install it before the first connection of a process.
 *
 * @param bindAddress - an IP address and a port for `GET /metrics`, e.g. `0.0.0.0:9464`.
 * @example
 * Runtime.install({ telemetryOptions: { metrics: prometheusMetrics('0.0.0.0:9464') } })
 */
export function prometheusMetrics(
  bindAddress: string,
): NonNullable<NonNullable<RuntimeOptions['telemetryOptions']>['metrics']> {
  return {
    attachServiceName: false,
    prometheus: { bindAddress, histogramBucketOverrides: { ...histogramBuckets } },
  }
}
