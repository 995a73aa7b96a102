import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { projectFolder } from '../test/support/cache.js'
import { printCommand, printText } from './terminal.js'

/** Runs command lines in which this project's programs have their names, as after `npm install --global`. */
export interface Shell {
  /** Prints the line, runs it, prints what it says; fails when any program of the pipe does. Returns its stdout. */
  run(command: string): Promise<string>
  close(): Promise<void>
}

export async function openShell(): Promise<Shell> {
  const folder = await mkdtemp(join(tmpdir(), 'tapline-'))
  for (const name of ['tap-mysql', 'target-s3-csv']) {
    const path = join(folder, name)
    const program = join(projectFolder, 'dist', name, 'main.js')
    await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
    await chmod(path, 0o755)
  }
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
  return {
    run: (command) => runLine(command, env),
    close: () => rm(folder, { recursive: true }),
  }
}

async function runLine(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  printCommand(command)
  // On a terminal the programs see the terminal, too: progress while they run, a table at the end.
  const stderr = process.stderr.isTTY ? 'inherit' : 'pipe'
  const shell = spawn('bash', ['-o', 'pipefail', '-c', command], {
    env,
    stdio: ['ignore', 'pipe', stderr],
  })
  const [stdout, said, [code]] = await Promise.all([
    shell.stdout ? text(shell.stdout) : '',
    shell.stderr ? text(shell.stderr) : '',
    once(shell, 'exit'),
  ])
  if (said) printText(said)
  if (code !== 0) throw new Error(`this command ended with ${code}: ${command}`)
  return stdout
}
