import { expect, it } from 'vitest'
import { WorkflowTaskFailingError } from '../../src/client/errors.js'

const remedyOf = (problem: string, queue: string, type: string) =>
  new WorkflowTaskFailingError('film', { problem, attempt: 6, queue, type }).remedy

const typescript = (type: string) =>
  `Failed to initialize workflow of type '${type}': no such function is exported by the workflow bundle`

it.each([
  ['TypeScript', typescript('sweep')],
  ['Python', 'Workflow class sweep is not registered on this worker, available workflows: mine'],
  ['Go', 'unable to find workflow type: sweep. Supported types: [mine]'],
  ['Java', 'Unknown workflow type "sweep". Known types are [mine]'],
])("a worker of yours in %s that polls vodflow's queue is the likely cause", (_, problem) => {
  expect(remedyOf(problem, 'vodflow', 'sweep')).toMatch(
    /^A worker that is not vodflow's probably polls "vodflow", and vodflow doctor names it\. Give it another task queue: the run then continues\.$/,
  )
})

it.each([
  'adoptTask',
  'composeMedia',
  'editMedia',
  'processBatch',
  'processMedia',
  'processMediaByProcedure',
  'processUpload',
  'pullUpload',
  'reviewAudioVideo',
  'splitMedia',
  'sweep',
])('%s is a workflow of vodflow', (type) => {
  expect(remedyOf(typescript(type), 'vodflow', type)).toMatch(/^A worker that is not vodflow's/)
})

it("a workflow of yours that was started on vodflow's queue belongs on yours", () => {
  expect(remedyOf(typescript('publishEpisode'), 'vodflow', 'publishEpisode')).toMatch(
    /^vodflow has no workflow "publishEpisode"\. Terminate the run, and start it on the task queue of the worker that has it: "vodflow" is reserved/,
  )
})

it.each([
  ['on a queue of yours', typescript('publishEpisode'), 'episodes'],
  ['with another error', 'ReferenceError: film is not defined', 'vodflow'],
])('the code is to be fixed %s', (_, problem, queue) => {
  expect(remedyOf(problem, queue, 'publishEpisode')).toMatch(
    `Fix the workflow code and restart the worker of "${queue}": the run then continues.`,
  )
})

it.each([
  'this worker cannot read a payload (no bytes); pass clients, callback services and workers the same dataConverter',
  'Unknown encoding: binary/encrypted (a payload is encrypted with key "k2", which is not configured here)',
])('the keys are to be fixed where the worker cannot read a payload: %s', (problem) => {
  expect(remedyOf(problem, 'vodflow', 'sweep')).toMatch(
    /^Give every worker of "vodflow" the same VODFLOW_PAYLOAD_KEYS .* the run then continues\.$/,
  )
})

it.each([
  'Unknown encoding: binary/encrypted',
  'this worker cannot read a payload (Unknown encoding: binary/encrypted); pass clients, callback services and workers the same dataConverter',
])('the converter is to be passed to a worker that has none: %s', (problem) => {
  expect(remedyOf(problem, 'films', 'publishEpisode')).toMatch(
    /^Pass dataConverter: payloadEncryption\(.*\) to every worker of "films", .* the run then continues\.$/,
  )
})
