import type { Config, ServerConfig } from '../config.js'
import { serverInOurWords } from './server-in-our-words.js'

/** Adds to `problems` where both words are given and differ. */
export function inOurWords(config: Config, problems: string[]): Config {
  const {
    database,
    database_includes,
    database_excludes,
    filter_collections,
    prefix,
    infer_schema_max_docs,
    datetime_conversion,
    allow_modify_change_streams,
    include_schemas_in_destination_stream_name,
    ...others
  } = serverInOurWords(config, problems)
  const one = chooser(problems)
  const clamp = datetime_conversion === 'datetime_clamp' ? 'clamp' : undefined
  const isOfUser = holdsUser(config)
  return {
    ...others,
    ...(isOfUser && database !== undefined && { auth_database: database }),
    ...patterns('databases', config.databases, databasePatterns(config, isOfUser), problems),
    ...patterns('collections', config.collections, filter_collections?.map(inAnyCase), problems),
    stream_name: one('stream_name', [config.stream_name, 'db-coll'], streamName(config)),
    stream_prefix: one('stream_prefix', [config.stream_prefix, ''], prefix),
    sample_size: one('sample_size', [config.sample_size, 2000], infer_schema_max_docs),
    date_out_of_range: one('date_out_of_range', [config.date_out_of_range, 'null'], clamp),
    enable_documentdb_change_streams: config.enable_documentdb_change_streams || allow_modify_change_streams === true,
  }
}

const peersName: Readonly<Record<string, string>> = {
  stream_name: 'include_schemas_in_destination_stream_name',
  stream_prefix: 'prefix',
  sample_size: 'infer_schema_max_docs',
  date_out_of_range: 'datetime_conversion',
  databases: 'database, database_includes, database_excludes',
  collections: 'filter_collections',
}

/** What stands at the default may not have been given at all. */
function chooser(problems: string[]) {
  return <T>(name: string, [ours, fallback]: readonly [T, T], theirs: T | undefined): T => {
    if (theirs === undefined || theirs === ours) return ours
    if (ours !== fallback) problems.push(contradiction(name))
    return theirs
  }
}

function contradiction(name: string): string {
  return `${name}: ${peersName[name]} says something else; give one of them`
}

/** As in singer-io's tap, where `database` is the one that holds the user. */
function holdsUser({ host, user, auth_database }: ServerConfig): boolean {
  return host !== undefined && user !== undefined && auth_database === undefined
}

/** singer-io joins by `_`, pipelinewise, which has an auth_database, by `-`. */
function streamName(config: Config): Config['stream_name'] | undefined {
  const isWithDatabase = config.include_schemas_in_destination_stream_name
  if (isWithDatabase === undefined) return undefined
  if (!isWithDatabase) return 'collection'
  return config.auth_database === undefined ? 'db_coll' : 'db-coll'
}

function databasePatterns(config: Config, isOfUser: boolean): string[] | undefined {
  const { database, database_includes = [], database_excludes = [] } = config
  const included = [...(database === undefined || isOfUser ? [] : [database]), ...database_includes]
  const all = [...included.map(literally), ...database_excludes.map((name) => `!${literally(name)}`)]
  return all.length > 0 ? all : undefined
}

function patterns(
  name: 'databases' | 'collections',
  ours: readonly string[] | undefined,
  theirs: readonly string[] | undefined,
  problems: string[],
): Pick<Config, 'databases' | 'collections'> {
  if (theirs === undefined) return {}
  if (ours !== undefined && ours.join('\n') !== theirs.join('\n')) problems.push(contradiction(name))
  return { [name]: theirs }
}

/** The peers know no wildcards. */
function literally(name: string): string {
  return name.replace(/[*?[]/g, '[$&]')
}

/** `ab` as `[Aa][Bb]`. */
function inAnyCase(name: string): string {
  return literally(name).replace(/\p{L}/gu, (letter) => {
    const cases = [...new Set([letter.toUpperCase(), letter.toLowerCase()])].filter((each) => [...each].length === 1)
    return cases.length > 1 ? `[${cases.join('')}]` : letter
  })
}
