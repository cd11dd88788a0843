import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { errorCatalogue } from '../../scripts/error-catalogue.js'
import * as client from '../../src/client/index.js'
import { errorCodes } from '../../src/contract/errorCodes.js'
import { root } from '../support/binary.js'

it('docs/errors.md is what the tables say; make it anew with npx tsx scripts/error-catalogue.ts', async () => {
  expect(await readFile(join(root, 'docs/errors.md'), 'utf8')).toBe(await errorCatalogue())
})

it('has every code and every error that the client exports', async () => {
  const page = await errorCatalogue()
  const errors = Object.keys(client).filter((name) => name.endsWith('Error'))
  expect(errors.length).toBeGreaterThan(8)
  for (const name of [...errors, ...Object.keys(errorCodes)]) expect(page).toContain(`\`${name}\``)
})
