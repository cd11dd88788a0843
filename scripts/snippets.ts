/**
 * Code blocks of README.md and docs/ that a user copies are the text of tested files: `<!-- from path -->` above a block names its
 * file. `npm run snippets` rewrites the blocks; a test fails where they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const block = /^<!-- from (\S+) -->\n```(\w+)\n[\s\S]*?^```$/gm

/** Paths of the pages that users read. */
export async function pages(): Promise<string[]> {
  const docs = (await readdir(join(root, 'docs'), { recursive: true })).filter((name) => name.endsWith('.md'))
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    ...docs.map((name) => `docs/${name}`),
  ]
}

/** A page, each of its marked blocks as the file has it. @throws Error for a file that does not exist. */
export function withSnippets(page: string): string {
  return page.replaceAll(block, (_, path: string, language: string) => {
    const text = readFileSync(join(root, path), 'utf8')
    return `<!-- from ${path} -->\n\`\`\`${language}\n${text}\`\`\``
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const page of await pages()) {
    const text = readFileSync(join(root, page), 'utf8')
    const next = withSnippets(text)
    if (next === text) continue
    writeFileSync(join(root, page), next)
    console.log(`${page}: written`)
  }
}
