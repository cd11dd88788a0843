import { shellWord } from '../../client/shellWord.js'

/** Returns a command of vodflow for an id, to paste into a shell. `--` keeps an id that starts with a dash from being an option. */
export function commandText(name: string, id: string, options = ''): string {
  const words = id.startsWith('-') ? [options, '--', shellWord(id)] : [shellWord(id), options]
  return ['vodflow', name, ...words].filter((word) => word !== '').join(' ')
}
