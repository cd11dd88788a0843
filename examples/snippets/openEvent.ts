import { type DeliverEvent, type MacKeys, openEvent } from 'vodflow/callbacks'

/** Handles a message of your queue, whose body is an event as VOD sent it. If it throws, the queue delivers the message again. */
export async function handleMessage(
  body: string | Uint8Array,
  { keys, deliver }: { readonly keys: MacKeys; readonly deliver: DeliverEvent },
) {
  const opened = await openEvent(body, keys)
  switch (opened.kind) {
    case 'ours':
      return deliver(opened.address, opened.hint) // wakes the step
    case 'foreign':
      return `not vodflow's: ${opened.event.EventType}` // opened.event.body has the bytes
    case 'forged':
    case 'malformed':
      return `refused: ${opened.problem}`
  }
}
