import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from './cache.js'
import { findProgram, run } from './command.js'

/** Programs of unpacked Debian packages. */
export interface Packages {
  readonly root: string
  /** What stands before a program's arguments: its own loader and libraries, so that the system's stay out of it. */
  command(path: string): readonly string[]
}

const machines: Partial<Record<string, { triple: string; loader: string }>> = {
  x64: { triple: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triple: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
}

/**
 * Downloads packages with everything they depend on and unpacks them into the cache. Needs no root and leaves the
 * system alone: lists, downloads and the (empty) status of what is installed lie in a folder of their own.
 * `suite`: a Debian suite to take them from; without it the sources of this machine.
 */
export async function unpackedPackages(name: string, packages: readonly string[], suite?: string): Promise<Packages> {
  const machine = machines[process.arch]
  if (!machine) throw new Error(`no packages are known for ${process.arch}`)
  const root = await cached(`${name}-${process.arch}`, (folder) => unpack(folder, packages, suite))
  const libraries = ['usr/lib', 'lib'].map((lib) => join(root, lib, machine.triple))
  const loader = libraries.map((folder) => join(folder, machine.loader)).find((path) => existsSync(path))
  if (!loader) throw new Error(`${root} holds no ${machine.loader}`)
  return { root, command: (path) => [loader, '--library-path', libraries.join(':'), join(root, path)] }
}

async function unpack(root: string, packages: readonly string[], suite?: string): Promise<void> {
  if (!findProgram('apt-get')) throw new Error('apt-get is missing')
  const work = join(root, 'apt')
  await mkdir(join(work, 'lists/partial'), { recursive: true })
  await mkdir(join(work, 'cache/archives/partial'), { recursive: true })
  await writeFile(join(work, 'status'), '')
  const options = [
    `Dir::State::lists=${work}/lists`,
    `Dir::State::status=${work}/status`,
    `Dir::Cache=${work}/cache`,
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Debug::NoLocking=true',
    'APT::Sandbox::User=',
    ...(suite ? await onlySuite(work, suite) : []),
  ]
  const apt = ['apt-get', '--quiet=2', ...options.flatMap((option) => ['-o', option])]
  await run([...apt, 'update'])
  await run([...apt, 'install', '--download-only', '--yes', '--no-install-recommends', ...packages])
  const archives = join(work, 'cache/archives')
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await run(['dpkg', '-x', join(archives, file), root])
  }
  await rm(work, { recursive: true })
}

async function onlySuite(work: string, suite: string): Promise<string[]> {
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const list = join(work, 'suite.list')
  await writeFile(list, `deb [signed-by=${keys}] http://deb.debian.org/debian ${suite} main\n`)
  return [`Dir::Etc::sourcelist=${list}`, 'Dir::Etc::sourceparts=/dev/null']
}
