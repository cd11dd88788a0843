export { type MediaMetaData, type MediaToolbox, SubTaskFailure } from './contract.js'
export { instantToolbox } from './instant.js'
export { createMediaToolbox } from './toolbox.js'
