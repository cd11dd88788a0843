/** Every workflow whose history is kept: ours, and of users' those that wait for a person. */
export * from '../../src/workflows/served.js'
export { sideBySide } from './composed.js'
export { gated } from './pipelines.js'
