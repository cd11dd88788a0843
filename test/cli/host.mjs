import { pathToFileURL } from 'node:url'

/*
 * Runs the real command many times in one process, because loading Temporal's client takes ten times the processor time of a command itself.
 * Each run evaluates `main.js` anew, with its own arguments, environment and output. `process.exit` ends the command, not the process.
 */

let runs = 0
let exited = () => {}
let dying = false
const exit = new Error('the command has exited')

process.exit = (code = process.exitCode ?? 0) => {
  exited(Number(code))
  // The caller must not go on. In a handler of uncaught exceptions, throwing would end this process before its answer is sent.
  if (!dying) throw exit
}

function written(stream) {
  let text = ''
  stream.write = (chunk, ...more) => {
    text += chunk
    more.find((each) => typeof each === 'function')?.()
    return true
  }
  return () => text
}

async function run({ binary, args, env }) {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
  process.argv = [process.execPath, binary, ...args]
  process.exitCode = undefined
  dying = false
  process.removeAllListeners('uncaughtException').on('uncaughtException', () => {
    dying = true
  })
  const [stdout, stderr] = [written(process.stdout), written(process.stderr)]
  const ended = new Promise((resolve) => {
    exited = (code) => resolve({ code, stdout: stdout(), stderr: stderr() })
  })
  // Until this settles, the command may still write, so the next one must wait.
  const over = import(`${pathToFileURL(binary)}?${++runs}`).catch((error) => {
    if (error !== exit) throw error
  })
  const answer = await ended
  if (!dying) await over
  process.send({ ...answer, reusable: !dying })
}

process.on('message', run)
process.on('disconnect', () => process.reallyExit())
