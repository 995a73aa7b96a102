import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a program to its end and returns its stdout; a failure names the command and holds the end of its stderr. */
export async function run(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const [program = '', ...args] = command
  const { stdout } = await execute(program, args, { env, maxBuffer: 64 << 20 }).catch((cause: Error) => {
    const said = 'stderr' in cause ? String(cause.stderr).trim() : cause.message
    throw new Error(`${program} ${args[0] ?? ''} … failed: ${said.slice(-1000)}`)
  })
  return stdout
}

/** The full path of a program on PATH or in the folders where servers live, undefined where there is none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/usr/local/go/bin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
