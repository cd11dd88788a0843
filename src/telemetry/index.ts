/**
 * For traces: needs `@temporalio/interceptors-opentelemetry` and `@opentelemetry/api`, which nothing else of vodflow loads.
 */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OpenTelemetryPlugin, type OpenTelemetryPluginOptions } from '@temporalio/interceptors-opentelemetry'
import type { ApiCall } from '../vod/client.js'
import type { Tracing } from '../worker/index.js'

/**
 * Traces from the start of a run to each signed call to VOD: give `plugins: [tracing.plugin]` to `connect` (or to your own Client), and
 * `tracing` to `createVodflowWorker` or to `VodflowPlugin`. A worker of your own takes `tracing.plugin` among its plugins too. Not on a
 * connection: every worker on that would have it twice.
 *
 * OpenTelemetry's own set-up is yours: a tracer provider and a context manager must be registered in the process, as
 * `NodeTracerProvider.register()` does, or spans of calls have no parent. The workflows are bundled when the worker starts, 1 to 2 s.
 *
 * @example
 * const tracing = createTracing({ resource, spanProcessor })
 * const worker = await createVodflowWorker({ connection, accounts, macKeys, tracing })
 * const vodflow = await connect({ plugins: [tracing.plugin] })
 */
export function createTracing(
  options: OpenTelemetryPluginOptions,
): Tracing & { readonly plugin: OpenTelemetryPlugin } {
  const tracer = options.tracer ?? trace.getTracer('vodflow')
  return {
    plugin: new OpenTelemetryPlugin(options),
    onCall({ action, code, requestId, sentAt, tookMs }: ApiCall) {
      const attributes = {
        'rpc.system': 'tencentcloud',
        'rpc.service': 'vod',
        'rpc.method': action,
        ...(requestId === '' ? {} : { 'vodflow.request_id': requestId }),
        ...(code === '' ? {} : { 'error.type': code }),
      }
      const span = tracer.startSpan(`vod ${action}`, { kind: SpanKind.CLIENT, startTime: sentAt, attributes })
      if (code !== '') span.setStatus({ code: SpanStatusCode.ERROR, message: code })
      span.end(sentAt + tookMs)
    },
  }
}
