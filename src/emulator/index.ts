/** A local VOD for your tests, with Tencent's wire protocol, limits and errors, real ffmpeg, a clock that you set, and scripted faults. */
export { EmulatorClock } from './clock.js'
export { type Emulator, type EmulatorOptions, startEmulator } from './emulator.js'
export type { EmulatorFault, EmulatorFaults } from './faults.js'
export { makeTestClip, type TestClip } from './media/testClip.js'
export type { EmulatorSwitches } from './switches.js'
