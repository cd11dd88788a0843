import { expect, it } from 'vitest'
import { errorCodes } from '../../src/contract/errorCodes.js'
import { inEveryFile, nodesOf } from './syntax.js'

/* A person pastes a command as it is printed, and a shell takes a full stop at its end for a part of the last word. */

/** The end of a command: a value that is filled in, a flag, or a flag with its value. */
const end = String.raw`(?:(?<= )\$\{[^}]*\}|--[\w-]+(?: [^\s.]+)?|"\.{3}")`
const stop = String.raw`\.(?=[\s'"\x60]|$)`
const start = String.raw`(?:\b(?:temporal|vodflow) [a-z]|\$\{\w+Command\})`
const ofCommand = new RegExp(String.raw`${start}(?:[^.]|\.\S)*?${end}${stop}`)
/** The advice on a field is a clause of its own, which `sentence` ends. */
const ofItsName = new RegExp(String.raw`\$\{(?!sentence\()[^}]*[cC]ommand\b[^}]*\}${stop}`)

const isStuck = (text: string) => ofCommand.test(text) || ofItsName.test(text)

/** As it is in the code, with @ in the place of the dollar. */
const inCode = (text: string) => text.replaceAll('@', '$')

it.each([
  '`It continues after @{command}.`',
  '`For a task: @{here.map(adoptCommand)}. Then wait.`',
  '`end it: temporal workflow terminate --workflow-id @{shellWord(id)}.`',
  '`end it: @{terminateCommand} --workflow-id @{id}.`',
  '`Start it with vodflow adopt @{id}. Then wait.`',
  '"Use vodflow rerun x --reason "..."."',
  '"Pass vodflow templates create --replace."',
])('%s is found', (text) => {
  expect(isStuck(inCode(text))).toBe(true)
})

it.each([
  '`Run vodflow audit --account @{account} with its keys.`',
  '`vodflow status @{id} shows the error.`',
  '`To continue it: @{command}`',
])('%s is not', (text) => {
  expect(isStuck(inCode(text))).toBe(false)
})

it('no text of the code ends a sentence with a command', async () => {
  const found = await inEveryFile((file, code) =>
    nodesOf(code)
      .filter(({ type, value }) => type === 'TemplateLiteral' || typeof value === 'string')
      .map(({ start, end: last }) => code.slice(start, last))
      .filter(isStuck)
      .map((text) => `${file}: ${text}`),
  )
  expect(found).toEqual([])
})

it('no remedy of an error code ends with a command, because a full stop follows it', () => {
  const texts = Object.values(errorCodes).flatMap(({ remedy, command }) => [remedy, command ?? ''])
  expect(texts.filter((text) => isStuck(`${text}.`))).toEqual([])
})
