// Prints the built test files that need no server: no path of their imports leads to test/support/daemon.js. Those in
// e2e are left out: what they spawn may start servers.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const starter = join('dist', 'test', 'support', 'daemon.js')
const files = readdirSync(join('dist', 'test'), { recursive: true })
  .map((name) => join('dist', 'test', name))
  .filter((path) => path.endsWith('.test.js') && !path.includes('/e2e/'))
for (const file of files.sort()) {
  if (!reaches(file, new Set())) console.log(file)
}

function reaches(file, seen) {
  if (file === starter) return true
  if (seen.has(file)) return false
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import) ?\(?'(\.[^']+)'/g)
  return [...imports].some(([, path]) => reaches(join(dirname(file), path), seen))
}
