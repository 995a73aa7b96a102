// Writes the settings tables of the connectors' READMEs anew, from what the built programs say of themselves. With
// --check it only compares: exit 1 and the names of the files that differ.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const project = join(import.meta.dirname, '..')
const between = /(<!-- settings: npm run docs -->\n)[\s\S]*?(<!-- end of settings -->)/
const isCheck = process.argv.includes('--check')

for (const name of readdirSync(project).filter((folder) => existsSync(join(project, folder, 'main.ts')))) {
  if (!/^(tap|target)-/.test(name)) continue
  const path = join(project, name, 'README.md')
  const readme = readFileSync(path, 'utf8')
  const written = readme.replace(between, (_, start, end) => `${start}\n${settingsTable(name)}\n\n${end}`)
  if (!between.test(readme)) fail(`${name}/README.md has no place for the settings: ${between.source}`)
  else if (written === readme) continue
  else if (isCheck) fail(`${name}/README.md: its settings are not those of the program; run npm run docs`)
  else writeFileSync(path, written)
}

function settingsTable(name) {
  const program = join(project, 'dist', name, 'main.js')
  const about = execFileSync(process.execPath, [program, '--about', '--format', 'markdown'], { encoding: 'utf8' })
  return aligned(about.split('## Settings\n\n')[1].trimEnd())
}

/** The table as the formatter wants it: columns of equal width. */
function aligned(table) {
  const rows = table.split('\n').map((line) => line.slice(2, -2).split(' | '))
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const padded = rows.map((row, line) => row.map((cell, column) => cell.padEnd(widths[column], line === 1 ? '-' : ' ')))
  return padded.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function fail(message) {
  console.error(message)
  process.exitCode = 1
}
