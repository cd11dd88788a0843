/**
 * Makes traces. It needs `@temporalio/interceptors-opentelemetry` and `@opentelemetry/api`, which no other part of vodflow loads.
 */
import type { OpenTelemetryPlugin, OpenTelemetryPluginOptions } from '@temporalio/interceptors-opentelemetry'
import { loadPeer } from '../temporal/peers.js'
import type { ApiCall } from '../vod/client.js'
import type { VodTracing } from '../worker/index.js'

export type { ApiCall, VodTracing }

const { SpanKind, SpanStatusCode, trace } = loadPeer<typeof import('@opentelemetry/api')>(
  'vodflow/telemetry',
  '@opentelemetry/api',
)
const sdk = loadPeer<typeof import('@temporalio/interceptors-opentelemetry')>(
  'vodflow/telemetry',
  '@temporalio/interceptors-opentelemetry',
)

/**
 * Creates traces that go from the start of a run to each signed call to VOD. Pass `plugins: [tracing.plugin]` to `connect` (or to your own
 * Client), and `tracing` to `createVodflowWorker` or to `VodflowPlugin`. Add `tracing.plugin` to the plugins of your own worker too. Do not
 * add it to a connection, because every worker on that connection would have it twice.
 *
 * You set up OpenTelemetry itself: register a tracer provider and a context manager in the process, as `NodeTracerProvider.register()`
 * does. Without them, spans of calls have no parent. The worker then bundles its workflows when it starts, which takes 1 to 2 s.
 *
 * @example
 * const tracing = createTracing({ resource, spanProcessor })
 * const worker = await createVodflowWorker({ connection, accounts, macKeys, tracing })
 * const vodflow = await connect({ plugins: [tracing.plugin] })
 */
export function createTracing(
  options: OpenTelemetryPluginOptions,
): VodTracing & { readonly plugin: OpenTelemetryPlugin } {
  const tracer = options.tracer ?? trace.getTracer('vodflow')
  return {
    plugin: new sdk.OpenTelemetryPlugin(options),
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
