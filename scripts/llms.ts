/** The documentation as text for language models, in the form of https://llmstxt.org. The site publishes it. */
import { contents, linkFrom, type Page, readPage, reference, summaryOf } from './contents.js'

/** Returns llms.txt: every page with its summary, in the order of README.md. */
export function llmsIndex(): string {
  const [, tagline = ''] = /^# .+\n+((?:.+\n)+)/m.exec(readPage('README.md')) ?? []
  const sections = contents().flatMap(({ title, pages }) => ['', `## ${title}`, '', ...pages.map(lineOf)])
  const api = reference()
  return [
    '# vodflow',
    '',
    `> ${plain(tagline)}`,
    '',
    'Every page is Markdown. [llms-full.txt](llms-full.txt) has all of them in one file.',
    ...sections,
    '',
    `## ${api.title}`,
    '',
    ...api.pages.map(
      ({ title, path }) => `- [${title}](${path}): The functions, classes and types of \`${title}\`.`,
    ),
    '',
  ].join('\n')
}

/** Returns llms-full.txt: README.md and every page, in the same order. */
export function llmsFull(): string {
  const pages = contents().flatMap((section) => section.pages)
  const paths = ['README.md', ...pages.map(({ path }) => path)]
  return paths.map((path) => `<!-- ${path} -->\n\n${published(path)}`).join('\n')
}

/** Returns the Markdown of a page whose links to files that are no pages lead to GitHub. */
export function published(path: string): string {
  return readPage(path).replaceAll(/\]\(([^)\s]+)\)/g, (_, to: string) => `](${linkFrom(path, to)})`)
}

function lineOf({ title, path }: Page): string {
  return `- [${title}](${path}): ${summaryOf(readPage(path))}`
}

function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll('\n', ' ')
    .trim()
}
