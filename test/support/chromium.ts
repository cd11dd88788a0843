import { type Browser, chromium } from 'playwright-core'
import which from 'which'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The Chromium of this machine; `make test` has seen to it.
 *
 * @param resolve - a name and the address that it has in this browser, `evil.example 127.0.0.1`
 */
export async function launchChromium({ resolve }: { readonly resolve?: string } = {}): Promise<Browser> {
  const candidates = [process.env.CHROMIUM_PATH, ...programs].filter((name): name is string => Boolean(name))
  const found = await Promise.all(candidates.map((name) => which(name, { nothrow: true })))
  const executablePath = found.find((path) => path !== null)
  if (!executablePath) throw new Error('no Chromium found: install chromium, or set CHROMIUM_PATH')
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Fewer processes: starting one takes longer than what a page of a test does in it.
    '--renderer-process-limit=1',
    '--disable-site-isolation-trials',
  ]
  const names = resolve === undefined ? [] : [`--host-resolver-rules=MAP ${resolve}`]
  const args = ['--no-sandbox', '--disable-gpu', ...quiet, ...names]
  return chromium.launch({ executablePath, args })
}
