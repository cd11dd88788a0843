import { clean } from '../../../contract/visible.js'

/** A text that is HTML. {@link html} creates it, and escapes all values that are not HTML. */
class Html {
  constructor(readonly text: string) {}
}

export type { Html }

type Value = string | number | Html | undefined | false | readonly Value[]

/** Returns HTML with its values escaped, also within quoted attributes. Lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(textOf)))
}

/** Returns a style or script of this page as it is. Text of others has to go through {@link html}. */
export function inline(name: 'style' | 'script', ownText: string): Html {
  return new Html(`<${name}>${ownText}</${name}>`)
}

function textOf(value: Value): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(textOf).join('')
  return clean(String(value)).replaceAll(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`)
}
