import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import {
  anchorOf,
  contents,
  linkFrom,
  readPage,
  reference,
  repository,
  summaryOf,
} from '../../scripts/contents.js'
import { llmsFull, llmsIndex, published } from '../../scripts/llms.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The address of a page: README.md of a folder is its index, and TypeDoc's pages are in `api`. */
const addressOf = (path: string) =>
  path.replace(/(^|\/)README\.md$/, '$1index.md').replace(/^site\/api\//, 'api/')

export default defineConfig({
  title: 'vodflow',
  description: "Tencent Cloud VOD's asynchronous media API as durable Temporal workflows",
  srcDir: '..',
  srcExclude: ['docs-site/**', '!(docs|site)/**/*.md', 'site/!(api)/**/*.md', 'docs/images/**'],
  outDir: '../docs-site',
  rewrites: addressOf,
  // Else VitePress takes every config.ts of the repository for one of its own.
  additionalConfig: {},
  metaChunk: true,
  // Else browsers ask for /favicon.ico, which is not there.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  vite: {
    // The search index and the longest page of the reference load alone, when they are needed.
    build: { chunkSizeWarningLimit: 3000 },
    plugins: [
      {
        // The pages lie outside of the folder that has Vue.
        name: 'vue-for-pages',
        enforce: 'pre',
        resolveId(id, importer, options) {
          if (!/^vue(?:\/|$)/.test(id) || !importer?.endsWith('.md')) return null
          return this.resolve(id, join(root, 'site/index.js'), { ...options, skipSelf: true })
        },
      },
    ],
  },
  markdown: {
    anchor: { slugify: anchorOf },
    config(md) {
      md.core.ruler.push('vodflow', ({ tokens, env }) => {
        const page = (env.realPath ?? env.path).slice(root.length)
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          // Else a line may end after the first hyphen of an option.
          if (token.type === 'code_inline' && token.content.length < 24) token.attrJoin('class', 'unbroken')
          if (token.type !== 'link_open') continue
          const [path = '', ...anchor] = linkFrom(page, token.attrGet('href') ?? '').split('#')
          token.attrSet('href', [addressOf(path), ...anchor].join('#'))
        }
      })
    },
  },
  transformPageData({ relativePath, filePath }) {
    const path = filePath ?? relativePath
    return path.startsWith('site/') ? {} : { description: summaryOf(readPage(path)) }
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Quickstart', link: '/docs/quickstart' },
      { text: 'API', link: '/api/vodflow' },
    ],
    sidebar: [
      { items: [{ text: 'Overview', link: '/' }] },
      ...[...contents(), reference()].map(({ title, pages }) => ({
        text: title,
        items: pages.map(({ title: text, path }) => ({ text, link: `/${path}` })),
      })),
    ],
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/:path` },
  },
  async buildEnd({ outDir, pages, rewrites }) {
    await requireAnchors(
      pages.map((page) => join(outDir, (rewrites.map[page] ?? page).replace(/md$/, 'html'))),
    )
    // llms.txt names the Markdown of the pages.
    for (const { path } of [{ path: 'README.md' }, ...contents().flatMap(({ pages }) => pages)]) {
      await mkdir(dirname(join(outDir, path)), { recursive: true })
      await writeFile(join(outDir, path), published(path))
    }
    await cp(join(root, 'site/api'), join(outDir, 'api'), { recursive: true })
    await writeFile(join(outDir, 'llms.txt'), llmsIndex())
    await writeFile(join(outDir, 'llms-full.txt'), llmsFull())
  },
})

/** VitePress looks for the pages of links, but not for their anchors. */
async function requireAnchors(files: readonly string[]): Promise<void> {
  const texts = new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)),
  )
  const dead = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/<a href="(?!https?:)([^"#]*)#([^"]+)"/g)].flatMap(([, path = '', anchor = '']) => {
      const target = path === '' ? file : join(dirname(file), path)
      return texts.get(target)?.includes(`id="${decodeURIComponent(anchor)}"`)
        ? []
        : [`${file}: ${path}#${anchor}`]
    }),
  )
  if (dead.length > 0) throw new Error(`links to anchors that do not exist:\n${dead.join('\n')}`)
}
