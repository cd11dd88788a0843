// Runs on any version of Node, before anything is installed.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 3)) {
  console.error(
    `Node ${process.versions.node} is too old: vodflow needs 20.3 or newer (https://nodejs.org, or nvm install 22).`,
  )
  process.exit(1)
}
