import { defineSignal, setHandler } from '@temporalio/workflow'

export type SignalHandler = (payload: unknown) => void

const handlers = new Map<string, SignalHandler>()

/** Sets the handler of a signal of vodflow. It must not throw. It runs without Temporal's interceptors for signals. */
export function handleSignal(
  name: string,
  handler: SignalHandler,
  options: { readonly description: string },
): void {
  handlers.set(name, handler)
  setHandler(defineSignal<[unknown?]>(name), handler, options)
}

export function ownHandlerOf(name: string): SignalHandler | undefined {
  return handlers.get(name)
}
