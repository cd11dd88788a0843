import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { missingPeer } from '../../src/cli/init/peers.js'

/** What Node says of a package that is not installed. */
function errorOfNode(name: string): unknown {
  const script = `import('${name}').catch(({ code, message }) => console.log(JSON.stringify({ code, message })))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: tmpdir() })
  return JSON.parse(said.toString())
}

it.each(['@temporalio/worker', '@temporalio/common', '@temporalio/envconfig', '@temporalio/client/lib/x.js'])(
  '%s is named, with what to install',
  (path) => {
    const [scope, name] = path.split('/')
    const all = /npm install .*@temporalio\/activity .*@temporalio\/workflow/
    const said = missingPeer(errorOfNode(path))
    expect(said).toContain(`${scope}/${name} is not installed`)
    expect(said).toMatch(all)
  },
)

it.each([
  ['another package', () => errorOfNode('left-pad')],
  ['a file', () => errorOfNode('./nowhere.js')],
  ['another error', () => new Error("'@temporalio/worker' failed")],
  ['no error', () => undefined],
])('%s is not', (_, error) => {
  expect(missingPeer(error())).toBeUndefined()
})
