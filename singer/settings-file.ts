import { ConfigError } from './errors.js'
import { isObject, type Json, type JsonObject } from './json.js'
import { readJsonFile, readText } from './json-file.js'
import { lineOfRepeatedKey } from './json-keys.js'
import { readYamlFile } from './yaml-file.js'

/** JSON, or YAML by the name of the file. */
export async function readSettingsFile(path: string): Promise<JsonObject> {
  const isYaml = /\.ya?ml$/i.test(path)
  const content = isYaml ? await readYamlFile(path, 'settings') : readJsonSettings(path)
  if (isObject(content)) return content
  throw new ConfigError(`read the settings ${path}: ${isYaml ? 'a mapping' : 'a JSON object'} is wanted`)
}

function readJsonSettings(path: string): Json {
  const content = readJsonFile(path, 'settings')
  const line = lineOfRepeatedKey(readText(path, 'settings'))
  if (line === undefined) return content
  throw new ConfigError(`read the settings ${path}: a key stands twice at line ${line}`)
}
