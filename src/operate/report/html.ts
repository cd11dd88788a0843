import { clean } from '../../contract/visible.js'

/** Text that is HTML already. Only {@link html} makes it, and it escapes whatever is not. */
class Html {
  constructor(readonly text: string) {}
}

export type { Html }

type Value = string | number | Html | undefined | false | readonly Value[]

/** HTML with values in it. Each is escaped, also within quoted attributes; lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(textOf)))
}

function textOf(value: Value): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(textOf).join('')
  return clean(String(value)).replaceAll(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`)
}
