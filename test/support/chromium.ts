import { type Browser, chromium } from 'playwright-core'
import which from 'which'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The Chromium of this machine; `make test` has seen to it. */
export async function launchChromium(): Promise<Browser> {
  const candidates = [process.env.CHROMIUM_PATH, ...names].filter((name): name is string => Boolean(name))
  const found = await Promise.all(candidates.map((name) => which(name, { nothrow: true })))
  const executablePath = found.find((path) => path !== null)
  if (!executablePath) throw new Error('no Chromium found: install chromium, or set CHROMIUM_PATH')
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] })
}
