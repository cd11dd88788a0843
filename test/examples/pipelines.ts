/** Every pipeline that the README, the docs, the examples and the starter show, for one worker. */
export { highlightReel } from '../../examples/highlight-reel/workflows.js'
export { publishEpisode } from '../../examples/publish-episode/workflows.js'
export { sideBySide } from '../../examples/side-by-side/workflows.js'
export { mayBePublished } from '../../examples/snippets/gate.js'
export { episode } from '../../examples/snippets/migration.js'
export { film } from '../../examples/web-app/workflows.js'
export { publish } from '../../starter/src/workflows.js'
