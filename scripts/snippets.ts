/**
 * Code blocks of README.md and docs/ that a user copies are the text of tested files. `<!-- from path -->` above a block names its file.
 * `npm run snippets` rewrites the blocks, and a test fails if they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const block = /^<!-- from (\S+) -->\n```(\w+)\n[\s\S]*?^```$/gm

/** Returns the paths of the pages that users read. */
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

/** Returns a page with the text of the file in each marked block. @throws Error for a file that does not exist */
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
