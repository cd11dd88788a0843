import type { RuntimeOptions } from '@temporalio/worker'
import { histogramBuckets } from '../contract/metrics.js'

/**
 * `telemetryOptions.metrics` of Temporal's `Runtime.install`: serves Temporal's metrics and vodflow's, whose names begin with
 * `vodflow_`, for Prometheus. Install it before the first connection of a process.
 *
 * @param bindAddress - an IP address and a port, e.g. `0.0.0.0:9464`; `GET /metrics` answers there.
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
