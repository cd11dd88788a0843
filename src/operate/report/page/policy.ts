import { createHash } from 'node:crypto'

export interface PolicyOptions {
  readonly style: string
  readonly script: string
  /** Some media have no copy next to the page. */
  readonly loadsMedia: boolean
}

/**
 * Returns the Content-Security-Policy of the page. It allows the page's own style and script by their hashes, and nothing else that a
 * hostile text in a history could add. It allows media from other places only if a file has no copy.
 */
export function policyOf({ style, script, loadsMedia }: PolicyOptions): string {
  const media = loadsMedia ? "'self' file: http: https:" : "'self' file:"
  return [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    `img-src ${media}`,
    `media-src ${media}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
