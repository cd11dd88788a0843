import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../support/binary.js'

/** A fenced block of a page. */
export interface Block {
  /** `docs/compose.md:14`. */
  readonly where: string
  /** What stands behind the fence; empty where nothing does. */
  readonly language: string
  readonly text: string
}

/** Of every page that a user reads. */
export async function blocksOfPages(): Promise<Block[]> {
  const docs = (await readdir(join(root, 'docs'), { recursive: true })).filter((name) => name.endsWith('.md'))
  const pages = ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]
  const found = await Promise.all(
    pages.map(async (page) => blocksOf(page, await readFile(join(root, page), 'utf8'))),
  )
  return found.flat()
}

function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```/gm)].map(
    ({ 1: language = '', 2: body = '', index }) => ({
      where: `${page}:${text.slice(0, index).split('\n').length}`,
      language,
      text: body,
    }),
  )
}
