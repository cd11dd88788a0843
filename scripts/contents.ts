/** The pages of the documentation, as the table "Documentation" of README.md lists them. The site's sidebar and llms.txt have its order. */
import { readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface Page {
  readonly title: string
  /** From the root of the repository. */
  readonly path: string
}

export interface Section {
  /** What the reader wants to do. */
  readonly title: string
  readonly pages: readonly Page[]
}

/** Returns the rows of the table "Documentation" of README.md. */
export function contents(): Section[] {
  const [, table = ''] = readPage('README.md').split('\n## Documentation\n')
  return [...table.matchAll(/^\| ([^|]+) \| (\[.+) \|$/gm)].map(([, to = '', links = '']) => ({
    title: to.charAt(0).toUpperCase() + to.slice(1),
    pages: [...links.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, title = '', path = '']) => ({
      title,
      path,
    })),
  }))
}

/** Returns the pages that TypeDoc writes, one for each entry point of package.json. */
export function reference(): Section {
  const { exports } = JSON.parse(readPage('package.json')) as {
    readonly exports: Readonly<Record<string, unknown>>
  }
  const entryPoints = Object.keys(exports).filter((name) => !name.endsWith('.json'))
  const pages = entryPoints.map((name) => ({
    title: name.replace('.', 'vodflow'),
    path: `api/${name.replace('.', 'vodflow')}.md`,
  }))
  return { title: 'API reference', pages }
}

export function readPage(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8')
}

/** Returns the first sentence of a page, as plain text. */
export function summaryOf(page: string): string {
  const [, paragraph = ''] = /^# .+\n+((?:[^\n#`|].*\n)+)/m.exec(page) ?? []
  const text = paragraph
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replaceAll(/\s+/g, ' ')
  return /^.+?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? ''
}

/** Returns the anchor of a heading, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

/** Where readers see files of the repository that are no pages. */
export const repository = 'https://github.com/vodflow/vodflow'

/**
 * Returns the link of a page as its readers can follow it away from the repository: pages stay relative, other files are on GitHub.
 * @throws Error for a file that does not exist
 */
export function linkFrom(page: string, to: string): string {
  if (/^[a-z]+:|^[#/]/.test(to)) return to
  const [path = ''] = to.split('#')
  const target = posix.join(posix.dirname(page), path)
  const found = statSync(`${root}${target}`, { throwIfNoEntry: false })
  if (found === undefined) throw new Error(`${page}: ${to} leads nowhere`)
  if (isPage(target)) return to
  return `${repository}/${found.isDirectory() ? 'tree' : 'blob'}/main/${target}`
}

/** Those of the site. TypeDoc writes the ones in `site/api`. */
function isPage(path: string): boolean {
  return /^(?:[A-Z]+|docs\/.+|site\/api\/.+)\.md$/.test(path)
}
