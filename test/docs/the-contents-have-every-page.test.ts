import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contents, linkFrom, readPage, summaryOf } from '../../scripts/contents.js'
import { llmsFull, llmsIndex } from '../../scripts/llms.js'
import { root } from '../support/binary.js'

const listed = contents().flatMap(({ pages }) => pages)

describe('the table of README.md, which orders the site and llms.txt', () => {
  it('has every page of docs once', async () => {
    const names = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'))
    const pages = [...names.map((name) => `docs/${name}`), 'CHANGELOG.md', 'CONTRIBUTING.md']
    expect(listed.map(({ path }) => path).sort()).toEqual(pages.sort())
  })

  it.each(listed)('$path says in a sentence what it is for', ({ path }) => {
    expect(summaryOf(readPage(path))).toMatch(/^[A-Z].{20,200}\.$/)
  })
})

describe('llms.txt', () => {
  const lines = llmsIndex().trim().split('\n')

  it('is a title, a quote, and sections of links with a description', () => {
    expect(lines[0]).toBe('# vodflow')
    expect(lines[2]).toMatch(/^> vodflow runs .+\.$/)
    const sections = lines.slice(lines.findIndex((line) => line.startsWith('## ')))
    for (const line of sections) expect(line).toMatch(/^(|## \S.*|- \[[^\]]+\]\([\w/.-]+\.md\): \S.*\.)$/)
  })

  it('has the pages in the order of the table, and then the reference', () => {
    const paths = lines.flatMap((line) => /^- \[.+\]\((.+)\): /.exec(line)?.[1] ?? [])
    expect(paths.slice(0, listed.length)).toEqual(listed.map(({ path }) => path))
    expect(paths.slice(listed.length)).toContain('api/vodflow/worker.md')
  })

  it('llms-full.txt has the text of every page', () => {
    const text = llmsFull()
    for (const { path } of listed) expect(text).toContain(`<!-- ${path} -->`)
    expect(text).toContain('A hint is not a fact.')
  })
})

describe('a link of a page', () => {
  it('to a page, an anchor or another site stays', () => {
    for (const to of ['compose.md#steps', '../README.md', '#steps', 'https://temporal.io'])
      expect(linkFrom('docs/verbs.md', to)).toBe(to)
  })

  it('to another file leads to GitHub', () => {
    expect(linkFrom('docs/faults.md', '../scripts/llms.ts')).toMatch(/blob\/main\/scripts\/llms\.ts$/)
    expect(linkFrom('README.md', 'examples')).toMatch(/tree\/main\/examples$/)
  })

  it('to nothing fails the build', () => {
    expect(() => linkFrom('docs/faults.md', 'coffee.md')).toThrow('docs/faults.md: coffee.md leads nowhere')
  })
})
