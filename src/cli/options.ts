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

/** `--allow`: names of actions, as Tencent spells them. */
export function actionsOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !/^[A-Z][A-Za-z0-9]*$/.test(name))
  if (wrong === undefined) return names
  throw new InvalidArgumentError(
    `"${wrong}" is not the name of an action; give e.g. ModifyMediaInfo,DeleteMedia.`,
  )
}

/** A sub-app; an option with it may be repeated. */
export function appOption(
  text: string,
  before: readonly (number | 'default')[] = [],
): (number | 'default')[] {
  const app = text === 'default' ? text : Number(text)
  if (app !== 'default' && !(/^[1-9]\d*$/.test(text) && Number.isSafeInteger(app)))
    throw new InvalidArgumentError('Give the number of a sub-app, or default.')
  if (before.includes(app)) throw new InvalidArgumentError('It is given twice; once is enough.')
  return [...before, app]
}
