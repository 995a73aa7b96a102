import yargs, { type Options } from 'yargs'
import { ConfigError } from './errors.js'
import type { Command } from './tap.js'

/** What every program understands. */
export interface CommonArguments {
  /** Files in the order in which they win, `ENV` for the environment. */
  readonly config: readonly string[]
  readonly about: boolean
  readonly format: 'text' | 'json' | 'markdown'
  readonly version: boolean
  readonly help: boolean
}

export interface TapArguments extends CommonArguments {
  readonly state: string | undefined
  readonly catalog: string | undefined
  readonly discover: boolean
  readonly select: readonly string[]
  readonly test: 'all' | 'schema' | undefined
}

export interface TargetArguments extends CommonArguments {
  readonly input: string | undefined
  readonly stateOut: string | undefined
}

export interface CommandLine<Arguments> {
  parse(argv: readonly string[]): Arguments
  help(): Promise<string>
}

export function tapCommandLine(
  name: string,
  commands: Readonly<Record<string, Command>> = {},
): CommandLine<TapArguments> {
  const usage = [
    `${name} --config FILE --discover > catalog.json`,
    `${name} --config FILE --select STREAM --state FILE`,
    ...Object.entries(commands).map(([command, { usage: rest }]) => `${name} ${command} ${rest}`),
  ].join('\n')
  return commandLine(name, usage, tapOptions, (parsed) => ({
    ...common(parsed),
    state: last(parsed, 'state'),
    catalog: last(parsed, 'catalog'),
    discover: parsed.discover === true,
    select: texts(parsed.select),
    test: testMode(last(parsed, 'test')),
  }))
}

export function targetCommandLine(name: string): CommandLine<TargetArguments> {
  const usage = `TAP | ${name} --config FILE --state-out FILE`
  return commandLine(name, usage, targetOptions, (parsed) => ({
    ...common(parsed),
    input: last(parsed, 'input'),
    stateOut: last(parsed, 'state-out'),
  }))
}

const file: Options = { type: 'string', requiresArg: true }

const commonOptions: Record<string, Options> = {
  config: {
    ...file,
    alias: 'c',
    array: true,
    describe: 'settings: a JSON or YAML file, or ENV; may be repeated, the last wins',
  },
  about: { type: 'boolean', describe: 'describe the program and its settings' },
  format: { choices: ['text', 'json', 'markdown'], describe: 'of --about' },
  version: { type: 'boolean', describe: 'print name and version' },
  help: { alias: 'h', type: 'boolean', describe: 'print this help' },
}

const tapOptions: Record<string, Options> = {
  discover: { alias: 'd', type: 'boolean', describe: 'print the catalog of what the source holds' },
  catalog: { ...file, alias: ['p', 'properties'], describe: 'what to sync: a catalog with selected streams' },
  select: {
    ...file,
    array: true,
    describe: "what to sync: a pattern like 'shop-orders.*' or '!*.secret'; may be repeated",
  },
  state: { ...file, alias: 's', describe: 'where the last run ended: a JSON value, or lines whose last one counts' },
  test: { type: 'string', describe: "read one record per stream; '--test=schema': none" },
  dev: { type: 'boolean', hidden: true },
}

const targetOptions: Record<string, Options> = {
  input: { ...file, describe: 'read messages from a file instead of stdin' },
  'state-out': { ...file, describe: 'write each state to this file, too: its content is always the newest one' },
}

type Parsed = Readonly<Record<string, unknown>>

function commandLine<Arguments>(
  name: string,
  usage: string,
  options: Record<string, Options>,
  read: (parsed: Parsed) => Arguments,
): CommandLine<Arguments> {
  const parser = yargs()
    .scriptName(name)
    .usage(usage)
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .options({ ...options, ...commonOptions })
    .parserConfiguration(exactly)
    .strict()
    .fail((message, problem) => {
      throw new ConfigError(`${(message || problem.message).replaceAll(/\s+/g, ' ')}; see ${name} --help`)
    })
  return { parse: (argv) => read(parser.parseSync([...argv])), help: () => parser.getHelp() }
}

const exactly = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
}

function common(parsed: Parsed): CommonArguments {
  const format = last(parsed, 'format')
  return {
    config: texts(parsed.config),
    about: parsed.about === true,
    format: format === 'json' || format === 'markdown' ? format : 'text',
    version: parsed.version === true,
    help: parsed.help === true,
  }
}

function testMode(value: string | undefined): TapArguments['test'] {
  if (value === undefined || value === 'schema') return value
  if (value === '' || value === 'all') return 'all'
  throw new ConfigError(`--test knows the values all and schema, not ${value}`)
}

/** Of a flag that was given several times the last one counts. */
function last(parsed: Parsed, flag: string): string | undefined {
  return texts(parsed[flag]).at(-1)
}

function texts(value: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.filter((each) => typeof each === 'string')
}
