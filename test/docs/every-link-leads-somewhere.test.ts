import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { anchorOf } from '../../scripts/contents.js'
import { pages } from '../../scripts/snippets.js'
import { root } from '../support/binary.js'

it.each(await pages())('from %s', async (page) => {
  const text = await readFile(join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to = '']) => to)
  const problems = await Promise.all(links.map((to) => problemOf(page, to)))
  expect(problems.filter((problem) => problem !== undefined)).toEqual([])
})

async function problemOf(page: string, to: string): Promise<string | undefined> {
  const [path = '', anchor] = to.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return `${to}: there is no ${target}`
  if (anchor === undefined || (await anchorsOf(target)).includes(anchor)) return undefined
  return `${to}: ${target} has no heading for it`
}

async function anchorsOf(page: string): Promise<string[]> {
  const text = (await readFile(join(root, page), 'utf8')).replaceAll(/^```.*?^```/gms, '')
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
}
