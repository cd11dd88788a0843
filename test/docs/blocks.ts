import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pages } from '../../scripts/snippets.js'
import { root } from '../support/binary.js'

/** A fenced block of a page. */
export interface Block {
  /** `docs/compose.md:14`. */
  readonly where: string
  /** The file whose text it is, as the comment above it says; empty where it is the page's own. */
  readonly from: string
  /** What stands behind the fence; empty where nothing does. */
  readonly language: string
  readonly text: string
}

/** Of every page that a user reads. */
export const blocksOfPages = () => inPages(blocksOf)

/** Code inside a sentence or a table. */
export interface InlineCode {
  readonly where: string
  readonly text: string
}

/** Of every page that a user reads. */
export const inlineCodeOfPages = () => inPages(inlineCodeOf)

async function inPages<T>(find: (page: string, text: string) => readonly T[]): Promise<T[]> {
  const found = (await pages()).map(async (page) => find(page, await readFile(join(root, page), 'utf8')))
  return (await Promise.all(found)).flat()
}

function inlineCodeOf(page: string, text: string): InlineCode[] {
  const prose = text.replaceAll(/^```.*?^```/gms, (block) => block.replaceAll(/[^\n]/g, ''))
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(({ 1: code = '', index }) => ({
    where: `${page}:${prose.slice(0, index).split('\n').length}`,
    text: code,
  }))
}

function blocksOf(page: string, text: string): Block[] {
  const fences = /^(?:<!-- from (\S+) -->\n)?```(\w*)[^\n]*\n([\s\S]*?)^```/gm
  return [...text.matchAll(fences)].map(({ 1: from = '', 2: language = '', 3: body = '', index }) => ({
    where: `${page}:${text.slice(0, index).split('\n').length}`,
    from,
    language,
    text: body,
  }))
}
