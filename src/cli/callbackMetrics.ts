import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { EventDelivery, PullLoop, PushHandler } from '../callbacks/index.js'
import { codeLabel, metrics } from '../contract/metrics.js'
import type { ApiCall } from '../vod/client.js'

/** Exports the metrics of a callback service: the counts that it keeps anyway, and its calls to VOD. */
export class CallbackMetrics {
  readonly registry = new Registry()
  readonly #calls: Counter
  readonly #callSeconds: Histogram
  readonly #callbackSeconds: Histogram

  constructor(deliver: EventDelivery) {
    collectDefaultMetrics({ register: this.registry })
    this.#mirror('signals', 'result', () => deliver.counts())
    this.#calls = new Counter({ ...counter('calls'), registers: [this.registry] })
    this.#callSeconds = new Histogram({ ...histogram('callSeconds'), registers: [this.registry] })
    this.#callbackSeconds = new Histogram({ ...histogram('callbackSeconds'), registers: [this.registry] })
  }

  /** Returns the handler with its verdicts and durations measured. */
  pushed(handler: PushHandler): (request: Request) => Promise<Response> {
    this.#mirror('callbacks', 'verdict', () => handler.counts())
    return async (request) => {
      const end = this.#callbackSeconds.startTimer()
      try {
        return await handler(request)
      } finally {
        end()
      }
    }
  }

  pulled(loops: readonly PullLoop[]): void {
    this.#mirror('pulled', 'result', () => {
      const sums: Record<string, number> = {}
      for (const loop of loops)
        for (const [result, count] of Object.entries(loop.counts()))
          sums[result] = (sums[result] ?? 0) + count
      return sums
    })
  }

  called({ action, code, tookMs }: ApiCall): void {
    this.#calls.inc({ action, code: codeLabel(code) })
    this.#callSeconds.observe({ action }, tookMs / 1_000)
  }

  /** Registers a counter that is read at each scrape, so that every label exists from the start, at 0. */
  #mirror(metric: 'callbacks' | 'pulled' | 'signals', label: string, counts: () => object): void {
    new Counter({
      ...counter(metric),
      registers: [this.registry],
      collect() {
        this.reset()
        for (const [name, count] of Object.entries(counts())) this.inc({ [label]: name }, count)
      },
    })
  }
}

function counter(metric: 'callbacks' | 'pulled' | 'signals' | 'calls') {
  const { name, help, labels } = metrics[metric]
  return { name, help, labelNames: [...labels] as string[] }
}

function histogram(metric: 'callSeconds' | 'callbackSeconds') {
  const { name, help, labels, buckets } = metrics[metric]
  return { name, help, labelNames: [...labels] as string[], buckets: [...buckets] }
}
