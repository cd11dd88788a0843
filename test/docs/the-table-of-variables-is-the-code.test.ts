import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withVariables } from '../../scripts/settings.js'
import { knownVariables } from '../../src/operate/variables.js'
import { root } from '../support/binary.js'

it('docs/settings.md has every variable; make it anew with npx tsx scripts/settings.ts', async () => {
  const page = await readFile(join(root, 'docs/settings.md'), 'utf8')
  expect(withVariables(page)).toBe(page)
  for (const name of knownVariables) expect(page).toContain(`| \`${name}\` |`)
})
