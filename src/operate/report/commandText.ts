import { shellWord } from '../../client/shellWord.js'

/** A command of vodflow for an id, to be pasted into a shell. An id that starts with a dash would be taken for an option. */
export function commandText(name: string, id: string, options = ''): string {
  const words = id.startsWith('-') ? [options, '--', shellWord(id)] : [shellWord(id), options]
  return ['vodflow', name, ...words].filter((word) => word !== '').join(' ')
}
