import { InvalidArgumentError } from 'commander'

/** `--port`: 0 is any that is free. */
export function portOption(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 is any that is free.')
}

export function textOption(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It is empty; give a value.')
}

/** A sub-app; an option with it may be repeated. */
export function appOption(
  text: string,
  before: readonly (number | 'default')[] = [],
): (number | 'default')[] {
  if (text === 'default') return [...before, 'default']
  if (/^[1-9]\d{0,15}$/.test(text)) return [...before, Number(text)]
  throw new InvalidArgumentError('Give the number of a sub-app, or default.')
}
