import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MongoClient } from 'mongodb'
import { cached, projectFolder } from '../cache.js'
import { findProgram, run } from '../command.js'
import { startDaemon } from '../daemon.js'
import { onceOnly } from '../once.js'

/** A running MongoDB, or what speaks like one, that tests may fill. */
export interface MongoServer {
  readonly uri: string
  readonly client: MongoClient
  /** A MongoDB of TEST_MONGODB_URI: what only a real one can do is tested, too. */
  readonly isReal: boolean
  /** A name that no database has yet; dropped at the end. */
  newDatabase(): string
}

/** mongo-java-server, started once per process; TEST_MONGODB_URI names a real server instead. */
export const mongoServer = onceOnly(async (): Promise<MongoServer> => {
  const real = process.env.TEST_MONGODB_URI
  return connect(real || (await start()), Boolean(real))
})

const opened: { client: MongoClient; databases: string[] }[] = []

/** Drops the databases of `newDatabase` from a server that lives on, and ends the connections. */
export async function closeMongoServers(): Promise<void> {
  for (const { client, databases } of opened.splice(0)) {
    for (const name of databases)
      await client
        .db(name)
        .dropDatabase()
        .catch(() => undefined)
    await client.close()
  }
}

async function connect(uri: string, isReal: boolean): Promise<MongoServer> {
  const driver = await import('mongodb')
  const client = await new driver.MongoClient(uri).connect()
  const databases: string[] = []
  opened.push({ client, databases })
  return {
    uri,
    client,
    isReal,
    newDatabase() {
      const name = `t${process.pid}_${Math.random().toString(36).slice(2, 10)}`
      if (isReal) databases.push(name)
      return name
    },
  }
}

async function start(): Promise<string> {
  const folder = await javaServer()
  const daemon = await startDaemon({
    name: 'mongo-java-server',
    async command(_folder, port) {
      const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx2g']
      return [tool('java'), ...flags, '-cp', classPath(folder), 'Launch', String(port)]
    },
    isReady: async (_port, log) => log.includes('ready'),
  })
  return `mongodb://127.0.0.1:${daemon.port}`
}

const version = '1.47.0'
const launcher = join(projectFolder, 'test/support/mongo/Launch.java')

/** The folder of its jars and of the launcher's class. */
export async function javaServer(): Promise<string> {
  const source = createHash('sha256')
    .update(await readFile(launcher))
    .digest('hex')
    .slice(0, 8)
  return cached(`mongo-java-server-${version}-${source}`, async (draft) => {
    const [maven, compiler] = [tool('mvn'), tool('javac')]
    const pom = join(draft, 'pom.xml')
    const repository = join(draft, 'repository')
    await writeFile(pom, project)
    await run([maven, '-q', '-B', '-f', pom, `-Dmaven.repo.local=${repository}`, copy, `-DoutputDirectory=${draft}`])
    await rm(repository, { recursive: true })
    await run([compiler, '-d', draft, '-cp', classPath(draft), launcher])
  })
}

const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'
const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tapline</groupId><artifactId>test-server</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server</artifactId><version>${version}</version>
  </dependency></dependencies>
</project>
`

function classPath(folder: string): string {
  return `${folder}:${folder}/*`
}

function tool(name: string): string {
  const found = findProgram(name)
  if (found) return found
  throw new Error(
    `${name} is missing, which the MongoDB test server needs; install a JDK 17 and Maven or set TEST_MONGODB_URI`,
  )
}
